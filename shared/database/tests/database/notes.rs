//! A test database with a table of notes.

use std::pin::Pin;
use std::sync::Arc;

use futures::poll;
use sea_orm::{ConnectionTrait, Statement};
use sea_orm_migration::{MigrationTrait, MigratorTrait};
use tandem_database::{Database, Db as _, Settings, SqlMigration};
use tandem_error::Error;
use tandem_test_support::postgres;
use tokio::sync::{Notify, Semaphore};

/// The migrations of the table of notes.
pub(crate) struct Notes;

/// Fails if it runs twice.
pub(crate) const NOTES: SqlMigration = SqlMigration {
    name: "0001_notes",
    sqlite: "CREATE TABLE notes (id BIGINT PRIMARY KEY, text TEXT NOT NULL)",
    postgres: "CREATE TABLE notes (id BIGINT PRIMARY KEY, text TEXT NOT NULL)",
};

impl MigratorTrait for Notes {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(NOTES)]
    }
}

/// Runs `test` with the settings of a new database of each kind.
pub(crate) async fn on_each(test: impl AsyncFn(Settings)) {
    let folder = tempfile::tempdir().expect("a folder");
    test(Settings::sqlite(folder.path().join("data/notes.db"))).await;
    if let Some(url) = postgres::database() {
        test(Settings { url: url.into(), ..Settings::default() }).await;
    }
}

/// Opens the database with its table.
pub(crate) async fn open(settings: &Settings) -> Database {
    let db = Database::open(settings).await.expect("a database");
    db.migrate::<Notes>().await.expect("a table");
    db
}

/// Adds a note.
pub(crate) async fn add(tx: &impl ConnectionTrait, id: i64, text: &str) -> Result<(), Error> {
    let sql = "INSERT INTO notes (id, text) VALUES ($1, $2)";
    let values = [id.into(), text.into()];
    let insert = Statement::from_sql_and_values(tx.get_database_backend(), sql, values);
    tx.execute_raw(insert).await.db()?;
    Ok(())
}

/// The ids of all notes.
pub(crate) async fn ids(db: &impl ConnectionTrait) -> Vec<i64> {
    let select =
        Statement::from_string(db.get_database_backend(), "SELECT id FROM notes ORDER BY id");
    let rows = db.query_all_raw(select).await.expect("notes");
    rows.iter().map(|row| row.try_get("", "id").expect("an id")).collect()
}

/// The single value that a query returns, as text.
pub(crate) async fn text(db: &impl ConnectionTrait, sql: &str) -> String {
    let statement = Statement::from_string(db.get_database_backend(), sql);
    let row = db.query_one_raw(statement).await.expect("an answer").expect("a row");
    row.try_get_by_index::<String>(0)
        .or_else(|_| row.try_get_by_index::<i64>(0).map(|number| number.to_string()))
        .expect("a text")
}

/// A write that runs until it is released.
pub(crate) struct Held {
    release: Arc<Semaphore>,
    write: tokio::task::JoinHandle<Result<(), Error>>,
}

impl Held {
    /// Begins a write that adds the note `id`, and waits until it has done so.
    pub(crate) async fn begin(db: &Database, id: i64) -> Self {
        let (begun, release) = (Arc::new(Notify::new()), Arc::new(Semaphore::new(0)));
        let (db, has_begun, released) = (db.clone(), Arc::clone(&begun), Arc::clone(&release));
        let work = async move {
            db.write(async move |tx| {
                add(tx, id, "held").await?;
                has_begun.notify_one();
                drop(released.acquire().await);
                Ok(())
            })
            .await
        };
        let write = tokio::spawn(work);
        begun.notified().await;
        Self { release, write }
    }

    /// Releases the write and waits for its outcome.
    pub(crate) async fn end(self) -> Result<(), Error> {
        self.release.add_permits(1);
        self.write.await.expect("no panic")
    }
}

/// Polls `work` once, until it first has to wait: a write is queued then.
pub(crate) async fn started<F: Future>(work: F) -> Pin<Box<F>> {
    let mut work = Box::pin(work);
    assert!(poll!(&mut work).is_pending(), "it has to wait");
    work
}
