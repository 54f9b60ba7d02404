//! Bringing a database to the newest schema.

use std::collections::HashSet;
use std::time::Duration;

use sea_orm::sea_query::{Alias, Query};
use sea_orm::{
    ConnectionTrait as _, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr,
    SqliteTransactionMode, TransactionOptions, TransactionTrait as _,
};
use sea_orm_migration::{MigratorTrait, SchemaManager};
use tandem_error::Error;

use crate::{Database, Db as _, postgres, sqlite};

/// How long a process waits for another that migrates the same SQLite file.
const PATIENCE: Duration = Duration::from_secs(10 * 60);

/// The advisory lock that a migration of a PostgreSQL database holds: "tandem" in ASCII.
const LOCK: &str = "SELECT pg_advisory_xact_lock(127970252186989)";

impl Database {
    /// Applies the steps of `M` that are missing: all in one transaction, or none. Of several processes
    /// that do so at once, one does it and the others wait. Not bound by `statement_timeout`.
    ///
    /// A database that is newer than `M` is left alone: the release before can still run on it.
    ///
    /// # Errors
    /// [`Error::DatabaseUnavailable`]; [`Error::Internal`] where a step fails.
    pub async fn migrate<M: MigratorTrait>(&self) -> Result<(), Error> {
        if self.is_migrated::<M>().await? {
            return Ok(());
        }
        let alone = self.alone().await?;
        let outcome = migrate::<M>(&alone).await;
        // What is committed is committed.
        let _ = alone.close().await;
        outcome.db()
    }

    /// Whether all steps of `M` are applied. Changes nothing, and needs no right to.
    ///
    /// # Errors
    /// [`Error::DatabaseUnavailable`].
    pub async fn is_migrated<M: MigratorTrait>(&self) -> Result<bool, Error> {
        let applied = applied::<M>(self.reader()).await.db()?;
        Ok(M::migrations().iter().all(|step| applied.contains(step.name())))
    }

    /// A connection of its own for the length of a migration.
    async fn alone(&self) -> Result<DatabaseConnection, Error> {
        match self.backend() {
            DbBackend::Postgres => postgres::alone(&self.settings).await,
            _ => sqlite::alone(&self.settings, PATIENCE).await,
        }
    }
}

async fn migrate<M: MigratorTrait>(db: &DatabaseConnection) -> Result<(), DbErr> {
    let tx = begin_alone(db).await?;
    M::up(&tx, None).await?;
    tx.commit().await
}

/// Begins a transaction that no other migration runs beside.
async fn begin_alone(db: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    let tx = db.begin_with_options(options).await?;
    if db.get_database_backend() == DbBackend::Postgres {
        tx.execute_unprepared(LOCK).await?;
    }
    Ok(tx)
}

async fn applied<M: MigratorTrait>(db: &DatabaseConnection) -> Result<HashSet<String>, DbErr> {
    let table = M::migration_table_name();
    if !SchemaManager::new(db).has_table(table.to_string()).await? {
        return Ok(HashSet::new());
    }
    let select = Query::select().column(Alias::new("version")).from(table).take();
    let rows = db.query_all(&select).await?;
    rows.iter().map(|row| row.try_get("", "version")).collect()
}
