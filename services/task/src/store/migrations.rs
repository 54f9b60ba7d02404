//! The schema migrations, as SQL files in `migrations/`.

use sea_orm_migration::{MigrationTrait, MigratorTrait};
use tandem_database::{SqlMigration, requests, secrets};

/// Migrations of the tasks database.
#[derive(Debug)]
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(requests::MIGRATION), Box::new(secrets::MIGRATION), Box::new(TASKS)]
    }
}

const TASKS: SqlMigration = SqlMigration {
    name: "0001_tasks",
    sqlite: include_str!("../../migrations/0001_tasks.sqlite.sql"),
    postgres: include_str!("../../migrations/0001_tasks.postgres.sql"),
};
