//! What a service asks of its database when it starts, and as long as it serves.

use sea_orm_migration::MigratorTrait;
use tandem_error::Error;

use crate::{Database, Settings};

impl Database {
    /// Opens the database of a service, with the newest schema: migrated where the settings say so.
    ///
    /// # Errors
    /// As [`Database::open`] and [`Database::migrate`], and [`Error::Internal`] where the schema is not
    /// the newest and may not be migrated at the start.
    pub async fn start<M: MigratorTrait>(settings: &Settings) -> Result<Self, Error> {
        let db = Self::open(settings).await?;
        if settings.migrate_on_start {
            db.migrate::<M>().await?;
        } else if !db.is_migrated::<M>().await? {
            return Err(Error::internal(NOT_MIGRATED));
        }
        Ok(db)
    }

    /// Whether the database answers and has the newest schema.
    ///
    /// # Errors
    /// [`Error::DatabaseUnavailable`]; [`Error::Internal`] where steps are missing.
    pub async fn ready<M: MigratorTrait>(&self) -> Result<(), Error> {
        self.ping().await?;
        if self.is_migrated::<M>().await? { Ok(()) } else { Err(Error::internal(NOT_MIGRATED)) }
    }
}

const NOT_MIGRATED: &str =
    "the database is not migrated: run the service's `migrate` command first";
