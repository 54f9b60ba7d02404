//! Database access, the same for SQLite and PostgreSQL: opening, migrating, reading, and
//! [`Database::write`], through which every change goes.
//!
//! Queries are plain async functions over `sea_orm::ConnectionTrait`: reads take [`Database::reader`],
//! changes take the transaction that [`Database::write`] passes to its closure.

mod column_numbers;
mod database;
mod error;
mod listen;
mod migrate;
mod notifier;
mod postgres;
mod reader;
mod replicas;
pub mod requests;
mod run_job;
pub mod secrets;
mod settings;
mod sql_migration;
mod sqlite;
mod start;
mod url;
mod within_bytes;

pub use database::Database;
pub use error::{Db, from_db};
pub use notifier::{Notifier, Subscription};
pub use reader::Reader;
pub use replicas::{Announcer, forward_notifications};
pub use sea_orm_migration::{MigrationTrait, MigratorTrait};
pub use settings::Settings;
pub use sql_migration::SqlMigration;
pub use url::Url;
pub use within_bytes::{WithinBytes, json_bytes};

// What the macros expand to.
#[doc(hidden)]
pub use tandem_error::Error;
