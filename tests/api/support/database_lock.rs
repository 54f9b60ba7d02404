//! A lock on the task service's database: writes wait, reads do not.

use sqlx::{Connection as _, Executor as _, PgConnection, SqliteConnection};
use tandem_database::Settings;

/// The connection that holds the lock.
pub(crate) enum DatabaseLock {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl DatabaseLock {
    /// Takes the lock, when no write is running.
    pub(crate) async fn take(settings: &Settings) -> Self {
        let url = settings.url.expose();
        if url.starts_with("sqlite:") {
            let mut connection = SqliteConnection::connect(url).await.expect("a connection");
            connection.execute("BEGIN IMMEDIATE").await.expect("a lock");
            return Self::Sqlite(connection);
        }
        let mut connection = PgConnection::connect(url).await.expect("a connection");
        let lock = "BEGIN; LOCK TABLE tasks IN EXCLUSIVE MODE";
        connection.execute(lock).await.expect("a lock");
        Self::Postgres(connection)
    }

    pub(crate) async fn release(self) {
        match self {
            Self::Sqlite(mut connection) => {
                connection.execute("ROLLBACK").await.expect("an end");
            }
            Self::Postgres(mut connection) => {
                connection.execute("ROLLBACK").await.expect("an end");
            }
        }
    }
}
