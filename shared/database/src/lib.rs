//! The one way to a database, SQLite and PostgreSQL alike: opening it, migrating it, reading, and
//! [`Database::write`], the one door for changes.
//!
//! Queries are plain async functions over `sea_orm::ConnectionTrait`: they take
//! [`Database::reader`] to read, and the transaction that a write is given to change.

mod database;
mod error;
mod job;
mod listen;
mod migrate;
mod postgres;
pub mod requests;
mod settings;
mod sqlite;
mod start;
mod step;
mod url;

pub use database::Database;
pub use error::{Db, from_db};
pub use sea_orm_migration::{MigrationTrait, MigratorTrait};
pub use settings::Settings;
pub use step::Step;
pub use url::Url;
