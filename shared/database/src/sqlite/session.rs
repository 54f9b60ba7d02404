//! The one connection that writes.

use sea_orm::{
    DatabaseConnection, DatabaseTransaction, DbErr, SqliteTransactionMode, TransactionOptions,
    TransactionTrait as _,
};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};

use super::watchdog::Watchdog;
use super::{checkpoint, connect};

/// The connection, opened when it is first needed and again after it failed.
#[derive(Debug)]
pub(super) struct Session {
    options: SqliteConnectOptions,
    watchdog: Watchdog,
    open: Option<DatabaseConnection>,
}

impl Session {
    pub(super) fn new(options: SqliteConnectOptions, watchdog: Watchdog) -> Self {
        Self { options, watchdog, open: None }
    }

    /// The connection; it exists before anybody needs it where this is called at start.
    pub(super) async fn connection(&mut self) -> Result<&DatabaseConnection, DbErr> {
        if self.open.is_none() {
            let pool = SqlitePoolOptions::new()
                .max_connections(1)
                .idle_timeout(None)
                .max_lifetime(None)
                .test_before_acquire(false);
            let connection = connect(self.watchdog.watch(pool), self.options.clone()).await?;
            self.open = Some(connection);
        }
        self.open.as_ref().ok_or_else(|| DbErr::Custom("no connection".to_owned()))
    }

    /// Begins a transaction and takes the lock to write at once, so that no later statement can find
    /// it taken.
    pub(super) async fn begin(&mut self) -> Result<DatabaseTransaction, DbErr> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        self.connection().await?.begin_with_options(options).await
    }

    /// Moves what is committed from the log into the database.
    pub(super) async fn checkpoint(&mut self) {
        let outcome = match self.connection().await {
            Ok(connection) => checkpoint::run(connection).await,
            Err(error) => Err(error),
        };
        if let Err(error) = outcome {
            tracing::warn!(error = &error as &dyn std::error::Error, "checkpoint failed");
        }
    }

    /// Closes the connection. The next use opens a new one.
    pub(super) async fn close(&mut self) {
        if let Some(connection) = self.open.take() {
            // A pool that is closed twice answers so, and is closed all the same.
            let _ = connection.close().await;
        }
    }
}
