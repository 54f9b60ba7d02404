//! The write connection.

use sea_orm::{
    DatabaseConnection, DatabaseTransaction, DbErr, SqliteTransactionMode, TransactionOptions,
    TransactionTrait as _,
};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};

use super::watchdog::Watchdog;
use super::{checkpoint, connect_with_retry};

/// The write connection: opened on first use, and again after a failure.
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

    /// The connection; opens it if necessary.
    pub(super) async fn ensure_open(&mut self) -> Result<&DatabaseConnection, DbErr> {
        if self.open.is_none() {
            let pool = SqlitePoolOptions::new()
                .max_connections(1)
                .idle_timeout(None)
                .max_lifetime(None)
                .test_before_acquire(false);
            let connection =
                connect_with_retry(self.watchdog.install(pool), self.options.clone()).await?;
            self.open = Some(connection);
        }
        self.open.as_ref().ok_or_else(|| DbErr::Custom("no connection".to_owned()))
    }

    /// Begins a transaction and takes the write lock, so that no later statement can fail to get it.
    pub(super) async fn begin_immediate(&mut self) -> Result<DatabaseTransaction, DbErr> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        self.ensure_open().await?.begin_with_options(options).await
    }

    /// Runs a checkpoint. A failure is logged; the next one tries again.
    pub(super) async fn run_checkpoint(&mut self) {
        let outcome = match self.ensure_open().await {
            Ok(connection) => checkpoint::run_checkpoint(connection).await,
            Err(error) => Err(error),
        };
        if let Err(error) = outcome {
            tracing::warn!(error = &error as &dyn std::error::Error, "checkpoint failed");
        }
    }

    /// Closes the connection. The next use opens a new one.
    pub(super) async fn close(&mut self) {
        if let Some(connection) = self.open.take() {
            // The only error is that the pool is closed already.
            let _ = connection.close().await;
        }
    }
}
