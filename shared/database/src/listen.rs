//! Notifications from other processes (PostgreSQL `LISTEN`).

use std::time::Duration;

use futures::stream::{BoxStream, StreamExt as _, unfold};
use sea_orm::{DatabaseConnection, DbBackend};
use sqlx::Executor as _;
use sqlx::postgres::PgListener;
use tandem_error::Error;
use tokio::time::timeout;

use crate::{Database, postgres};

impl Database {
    /// A stream of the `NOTIFY` payloads on `channel`, from all processes. It ends when the connection is
    /// lost, which pings find out within twice the `acquire_timeout`; notifications after that are missed.
    /// `None` on SQLite, where only one process writes.
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
        let interval = self.settings.acquire_timeout.get();
        let listening = Listening { listener, interval, _connection: connection };
        let payloads = unfold(listening, |mut listening| async move {
            listening.next().await.map(|payload| (payload, listening))
        });
        Ok(Some(payloads.boxed()))
    }
}

struct Listening {
    listener: PgListener,
    /// The time without a notification after which the connection is pinged, and the time for the answer.
    interval: Duration,
    /// Open as long as the listener.
    _connection: DatabaseConnection,
}

impl Listening {
    /// The next payload; `None` when the connection is lost.
    async fn next(&mut self) -> Option<String> {
        loop {
            match timeout(self.interval, self.listener.try_recv()).await {
                Ok(Ok(Some(notification))) => return Some(notification.payload().to_owned()),
                Ok(Ok(None) | Err(_)) => return None,
                Err(_) => {
                    let answer = timeout(self.interval, self.listener.execute("SELECT 1")).await;
                    answer.ok()?.ok()?;
                }
            }
        }
    }
}

fn to_unavailable(error: sqlx::Error) -> Error {
    Error::DatabaseUnavailable(error.into())
}
