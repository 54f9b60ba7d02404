//! The database of a service: at startup, and for its health checks.

use sea_orm_migration::MigratorTrait;
use tandem_error::Error;

use crate::{Database, Settings};

impl Database {
    /// Opens the database of a service and migrates it if `migrate_on_start` is set.
    ///
    /// # Errors
    /// As [`Database::open`] and [`Database::migrate`], and [`Error::Internal`] if migrations
    /// are missing and `migrate_on_start` is not set.
    pub async fn open_migrated<M: MigratorTrait>(settings: &Settings) -> Result<Self, Error> {
        let db = Self::open(settings).await?;
        if settings.migrate_on_start {
            db.migrate::<M>().await?;
        } else if !db.is_migrated::<M>().await? {
            return Err(Error::internal(NOT_MIGRATED));
        }
        Ok(db)
    }

    /// Checks that the database responds and is migrated.
    ///
    /// # Errors
    /// [`Error::DatabaseUnavailable`]; [`Error::Internal`] if migrations are missing.
    pub async fn check_ready<M: MigratorTrait>(&self) -> Result<(), Error> {
        self.ping().await?;
        if self.is_migrated::<M>().await? { Ok(()) } else { Err(Error::internal(NOT_MIGRATED)) }
    }
}

const NOT_MIGRATED: &str =
    "the database is not migrated: run the service's `migrate` command first";
