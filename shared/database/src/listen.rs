//! Hearing what other processes commit (PostgreSQL `LISTEN`).

use futures::stream::{BoxStream, StreamExt as _, unfold};
use sea_orm::DbBackend;
use sqlx::postgres::PgListener;
use tandem_error::Error;

use crate::{Database, postgres};

impl Database {
    /// The payloads of `NOTIFY` on `channel` from now on, whoever sends them; ends when the connection
    /// is lost, and then some may have been missed. `None` on SQLite, where one process writes.
    ///
    /// # Errors
    /// [`Error::DatabaseUnavailable`].
    pub async fn listen(&self, channel: &str) -> Result<Option<BoxStream<'static, String>>, Error> {
        if self.backend() != DbBackend::Postgres {
            return Ok(None);
        }
        // A connection of its own: it is held for good.
        let alone = postgres::alone(&self.settings).await?;
        let pool = alone.get_postgres_connection_pool();
        let mut listener = PgListener::connect_with(pool).await.map_err(unavailable)?;
        listener.eager_reconnect(false);
        listener.listen(channel).await.map_err(unavailable)?;
        let payloads = unfold((listener, alone), |(mut listener, alone)| async move {
            match listener.try_recv().await {
                Ok(Some(heard)) => Some((heard.payload().to_owned(), (listener, alone))),
                Ok(None) | Err(_) => None,
            }
        });
        Ok(Some(payloads.boxed()))
    }
}

fn unavailable(error: sqlx::Error) -> Error {
    Error::DatabaseUnavailable(error.into())
}
