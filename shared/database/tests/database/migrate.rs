//! Migrations, by several processes at once and by older releases.

use futures::future::join_all;
use sea_orm_migration::{MigrationTrait, MigratorTrait};
use tandem_database::{Database, Settings, SqlMigration};
use tandem_error::Error;

use crate::notes::{NOTES, Notes, ids, on_each, open};

/// A later release, whose second step adds a note.
struct Later;

const FIRST_NOTE: SqlMigration = SqlMigration {
    name: "0002_first_note",
    sqlite: "INSERT INTO notes VALUES (1, 'first')",
    postgres: "INSERT INTO notes VALUES (1, 'first')",
};

impl MigratorTrait for Later {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(NOTES), Box::new(FIRST_NOTE)]
    }
}

/// A release with a fault.
struct Faulty;

const FAULT: SqlMigration =
    SqlMigration { name: "0002_fault", sqlite: "no SQL", postgres: "no SQL" };

impl MigratorTrait for Faulty {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(NOTES), Box::new(FAULT)]
    }
}

#[tokio::test]
async fn concurrent_migrations_run_once() {
    on_each(async |settings| {
        let opened = join_all((0..4).map(|_| Database::open(&settings))).await;
        let databases: Vec<_> = opened.into_iter().map(|db| db.expect("a database")).collect();
        assert!(!databases[0].is_migrated::<Later>().await.expect("an answer"));
        for outcome in join_all(databases.iter().map(Database::migrate::<Later>)).await {
            outcome.expect("migrated, by this one or another");
        }
        assert_eq!(ids(databases[0].reader()).await, [1]);
        assert!(databases[3].is_migrated::<Later>().await.expect("an answer"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_starts_open_a_new_file() {
    for _ in 0..20 {
        let folder = tempfile::tempdir().expect("a folder");
        let settings = Settings::sqlite(folder.path().join("notes.db"));
        let start = |_| {
            let settings = settings.clone();
            tokio::spawn(async move { open(&settings).await.ping().await })
        };
        for outcome in join_all((0..6).map(start)).await {
            outcome.expect("it opened").expect("an answer");
        }
    }
}

#[tokio::test]
async fn older_release_runs_on_newer_schema() {
    on_each(async |settings| {
        let db = Database::open(&settings).await.expect("a database");
        db.migrate::<Notes>().await.expect("the first step");
        assert!(!db.is_migrated::<Later>().await.expect("an answer"));
        db.migrate::<Later>().await.expect("the second step");
        assert!(db.is_migrated::<Notes>().await.expect("an answer"));
        db.migrate::<Notes>().await.expect("nothing to do");
        assert_eq!(ids(db.reader()).await, [1]);
    })
    .await;
}

#[tokio::test]
async fn a_failed_migration_is_rolled_back() {
    on_each(async |settings| {
        let db = Database::open(&settings).await.expect("a database");
        assert!(matches!(db.migrate::<Faulty>().await, Err(Error::Internal(_))));
        assert!(!db.is_migrated::<Notes>().await.expect("an answer"));
        db.migrate::<Notes>().await.expect("the first step is still to do");
    })
    .await;
}

#[tokio::test]
async fn database_of_another_service_is_refused() {
    struct Other;
    const OTHER: SqlMigration = SqlMigration {
        name: "0001_other",
        sqlite: "CREATE TABLE other (id INTEGER)",
        postgres: "CREATE TABLE other (id INTEGER)",
    };
    impl MigratorTrait for Other {
        fn migrations() -> Vec<Box<dyn MigrationTrait>> {
            vec![Box::new(OTHER)]
        }
    }
    on_each(async |settings| {
        let db = Database::open(&settings).await.expect("a database");
        db.migrate::<Notes>().await.expect("migrated");
        let error = db.migrate::<Other>().await.expect_err("another service's database");
        let cause = std::error::Error::source(&error).expect("a cause").to_string();
        assert!(cause.contains("needs a database of its own"), "{cause}");
    })
    .await;
}
