//! Schema migrations.

use std::collections::HashSet;
use std::time::Duration;

use sea_orm::sea_query::{Alias, Query};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr,
    SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait as _,
};
use sea_orm_migration::MigratorTrait;
use tandem_error::Error;

use crate::{Database, Db as _, postgres, sqlite};

/// How long to wait for another process that migrates the same SQLite file.
const MIGRATION_LOCK_TIMEOUT: Duration = Duration::from_secs(10 * 60);

/// Takes the advisory lock of a migration until the end of the transaction. The key is "tandem" in ASCII.
const ADVISORY_LOCK: &str = "SELECT pg_advisory_xact_lock(127970252186989)";

impl Database {
    /// Applies the missing migrations of `M` in one transaction. If several processes migrate at once, one
    /// does and the others wait. `statement_timeout` does not apply.
    ///
    /// A schema newer than `M` is left unchanged, so that the previous release can run on it.
    ///
    /// # Errors
    /// [`Error::DatabaseUnavailable`]; [`Error::Internal`] if a migration fails.
    pub async fn migrate<M: MigratorTrait>(&self) -> Result<(), Error> {
        if self.is_migrated::<M>().await? {
            return Ok(());
        }
        let connection = self.open_exclusive().await?;
        let outcome = apply_missing::<M>(&connection).await;
        // The transaction has ended; a failed close changes nothing.
        let _ = connection.close().await;
        outcome.db()
    }

    /// Whether all migrations of `M` are applied. Needs read access only.
    ///
    /// # Errors
    /// [`Error::DatabaseUnavailable`].
    pub async fn is_migrated<M: MigratorTrait>(&self) -> Result<bool, Error> {
        let applied = applied_names::<M>(self.reader()).await.db()?;
        Ok(M::migrations().iter().all(|migration| applied.contains(migration.name())))
    }

    /// Opens a connection for a migration, outside of the pools.
    async fn open_exclusive(&self) -> Result<DatabaseConnection, Error> {
        match self.backend() {
            DbBackend::Postgres => postgres::open_exclusive(&self.settings).await,
            _ => sqlite::open_exclusive(&self.settings, MIGRATION_LOCK_TIMEOUT).await,
        }
    }
}

async fn apply_missing<M: MigratorTrait>(db: &DatabaseConnection) -> Result<(), DbErr> {
    refuse_foreign_migrations::<M>(db).await?;
    let tx = begin_exclusive(db).await?;
    M::up(&tx, None).await?;
    tx.commit().await
}

/// An error if the database has migrations of another service, or of a later release that lacks some of `M`.
async fn refuse_foreign_migrations<M: MigratorTrait>(db: &DatabaseConnection) -> Result<(), DbErr> {
    let own = M::migrations();
    let mut foreign = applied_names::<M>(db).await?;
    foreign.retain(|name| own.iter().all(|migration| migration.name() != name));
    if foreign.is_empty() {
        return Ok(());
    }
    let names = foreign.into_iter().collect::<Vec<_>>().join(", ");
    Err(DbErr::Custom(format!(
        "the database has migrations of another program ({names}); each service needs a database of its own"
    )))
}

/// Begins a transaction that excludes other migrations.
async fn begin_exclusive(db: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    let tx = db.begin_with_options(options).await?;
    if db.get_database_backend() == DbBackend::Postgres {
        tx.execute_unprepared(ADVISORY_LOCK).await?;
    }
    Ok(tx)
}

/// The names of the applied migrations.
async fn applied_names<M: MigratorTrait>(
    db: &impl ConnectionTrait,
) -> Result<HashSet<String>, DbErr> {
    let table = M::migration_table_name();
    if !has_table(db, &table.to_string()).await? {
        return Ok(HashSet::new());
    }
    let select = Query::select().column(Alias::new("version")).from(table).take();
    let rows = db.query_all(&select).await?;
    rows.iter().map(|row| row.try_get("", "version")).collect()
}

async fn has_table(db: &impl ConnectionTrait, name: &str) -> Result<bool, DbErr> {
    let sql = match db.get_database_backend() {
        DbBackend::Postgres => {
            "SELECT 1 FROM information_schema.tables \
             WHERE table_schema = current_schema() AND table_name = $1"
        }
        _ => "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = $1",
    };
    let select = Statement::from_sql_and_values(db.get_database_backend(), sql, [name.into()]);
    Ok(db.query_one_raw(select).await?.is_some())
}
