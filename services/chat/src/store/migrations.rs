//! The migrations, as SQL files in `migrations/`.

use sea_orm_migration::{MigrationTrait, MigratorTrait};
use tandem_database::{SqlMigration, requests, secrets};

/// Migrates the chat database to the newest schema.
#[derive(Debug)]
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(requests::MIGRATION),
            Box::new(secrets::MIGRATION),
            Box::new(CHAT),
            Box::new(SEARCH),
            Box::new(TURN_INDEXES),
        ]
    }
}

const CHAT: SqlMigration = SqlMigration {
    name: "0001_chat",
    sqlite: include_str!("../../migrations/0001_chat.sqlite.sql"),
    postgres: include_str!("../../migrations/0001_chat.postgres.sql"),
};

const SEARCH: SqlMigration = SqlMigration {
    name: "0002_search",
    sqlite: include_str!("../../migrations/0002_search.sqlite.sql"),
    postgres: include_str!("../../migrations/0002_search.postgres.sql"),
};

const TURN_INDEXES: SqlMigration = SqlMigration {
    name: "0003_turn_indexes",
    sqlite: include_str!("../../migrations/0003_turn_indexes.sqlite.sql"),
    postgres: include_str!("../../migrations/0003_turn_indexes.postgres.sql"),
};
