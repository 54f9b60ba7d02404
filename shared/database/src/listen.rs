//! Notifications from other processes (PostgreSQL `LISTEN`).

use futures::stream::{BoxStream, StreamExt as _, unfold};
use sea_orm::DbBackend;
use sqlx::postgres::PgListener;
use tandem_error::Error;

use crate::{Database, postgres};

impl Database {
    /// A stream of the `NOTIFY` payloads on `channel`, from all processes. It ends when the connection is
    /// lost; notifications after that are missed. `None` on SQLite, where only one process writes.
    ///
    /// # Errors
    /// [`Error::DatabaseUnavailable`].
    pub async fn listen(&self, channel: &str) -> Result<Option<BoxStream<'static, String>>, Error> {
        if self.backend() != DbBackend::Postgres {
            return Ok(None);
        }
        // Not from the pool: the connection is held as long as the stream.
        let connection = postgres::open_exclusive(&self.settings).await?;
        let pool = connection.get_postgres_connection_pool();
        let mut listener = PgListener::connect_with(pool).await.map_err(to_unavailable)?;
        listener.eager_reconnect(false);
        listener.listen(channel).await.map_err(to_unavailable)?;
        let payloads = unfold((listener, connection), |(mut listener, connection)| async move {
            match listener.try_recv().await {
                Ok(Some(notification)) => {
                    Some((notification.payload().to_owned(), (listener, connection)))
                }
                Ok(None) | Err(_) => None,
            }
        });
        Ok(Some(payloads.boxed()))
    }
}

fn to_unavailable(error: sqlx::Error) -> Error {
    Error::DatabaseUnavailable(error.into())
}
