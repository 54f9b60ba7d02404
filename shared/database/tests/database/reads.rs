//! SQLite: reads that take too long, and reads of dropped callers.

use std::time::Duration;

use sea_orm::{ConnectionTrait as _, Statement};
use tandem_config::HumanDuration;
use tandem_database::{Database, Db as _, Settings};
use tandem_error::Error;
use tandem_test_support::process::within;
use tokio::time::timeout;

use crate::notes::{ids, open};

/// Much longer than any of these tests should take.
const LIMIT: Duration = Duration::from_secs(20);

/// A statement without an end and without a row.
const ENDLESS: &str = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) \
                       SELECT i FROM n WHERE i < 0";

async fn read_endlessly(db: &Database) -> Result<(), Error> {
    let select = Statement::from_string(db.backend(), ENDLESS);
    db.reader().query_all_raw(select).await.db().map(|_| ())
}

/// A database with one reader, whose statements have this limit.
async fn with_one_reader(statement_timeout: HumanDuration) -> (tempfile::TempDir, Database) {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = Settings::sqlite(folder.path().join("notes.db"));
    let settings = Settings { max_connections: 1, statement_timeout, ..settings };
    (folder, open(&settings).await)
}

#[tokio::test]
async fn endless_read_is_interrupted() {
    let (_folder, db) = with_one_reader(HumanDuration::from_millis(200)).await;
    for _ in 0..2 {
        let error = within(LIMIT, "an error", read_endlessly(&db)).await.expect_err("too long");
        assert!(matches!(error, Error::DatabaseUnavailable(_)), "{error:?}");
        // The limit of one statement is not that of the next.
        assert!(within(LIMIT, "a read", ids(db.reader())).await.is_empty());
    }
}

#[tokio::test]
async fn abandoned_read_frees_its_reader() {
    let (_folder, db) = with_one_reader(HumanDuration::from_hours(1)).await;
    for _ in 0..2 {
        let abandoned = timeout(Duration::from_millis(100), read_endlessly(&db)).await;
        assert!(abandoned.is_err(), "it has no end");
        assert!(within(LIMIT, "a read", ids(db.reader())).await.is_empty());
    }
}
