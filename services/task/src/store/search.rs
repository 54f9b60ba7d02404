//! The search index: the words of each task, on either database.

mod blocks;
mod pattern;

use std::fmt::Write as _;

use sea_orm::{ConnectionTrait, DbBackend, Statement, Value};
use tandem_aip::digest;
use tandem_auth::Owner;
use tandem_database::Db as _;
use tandem_error::Error;
use tandem_text_search as words;

pub(super) use self::blocks::{Blocks, block, queries, query_of_row};
pub(super) use self::pattern::{has_many, pattern};
use crate::domain::Task;

/// Adds a new task to the index.
pub(super) async fn insert(
    db: &impl ConnectionTrait,
    owner: &Owner,
    row_id: i64,
    task: &Task,
) -> Result<(), Error> {
    let (sql, words): (_, Value) = match db.get_database_backend() {
        DbBackend::Postgres => (
            "INSERT INTO task_search (row_id, words) VALUES ($1, array_to_tsvector($2))",
            terms(DbBackend::Postgres, owner, task).into(),
        ),
        _ => (
            "INSERT INTO task_search (rowid, words) VALUES ($1, $2)",
            terms(DbBackend::Sqlite, owner, task).join(" ").into(),
        ),
    };
    execute(db, sql, row_id, words).await
}

/// Brings a task that changed up to date in the index.
pub(super) async fn replace(
    db: &impl ConnectionTrait,
    owner: &Owner,
    row_id: i64,
    task: &Task,
) -> Result<(), Error> {
    let (sql, words): (_, Value) = match db.get_database_backend() {
        DbBackend::Postgres => (
            "UPDATE task_search SET words = array_to_tsvector($2) WHERE row_id = $1",
            terms(DbBackend::Postgres, owner, task).into(),
        ),
        _ => (
            "UPDATE task_search SET words = $2 WHERE rowid = $1",
            terms(DbBackend::Sqlite, owner, task).join(" ").into(),
        ),
    };
    execute(db, sql, row_id, words).await
}

/// Takes a task out of the index.
pub(super) async fn remove(db: &impl ConnectionTrait, row_id: i64) -> Result<(), Error> {
    let sql = match db.get_database_backend() {
        DbBackend::Postgres => "DELETE FROM task_search WHERE row_id = $1",
        _ => "DELETE FROM task_search WHERE rowid = $1",
    };
    let delete = Statement::from_sql_and_values(db.get_database_backend(), sql, [row_id.into()]);
    db.execute_raw(delete).await.db()?;
    Ok(())
}

async fn execute(
    db: &impl ConnectionTrait,
    sql: &str,
    row_id: i64,
    words: Value,
) -> Result<(), Error> {
    let values = [row_id.into(), words];
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    db.execute_raw(statement).await.db()?;
    Ok(())
}

/// The index.
pub(super) const TABLE: &str = "task_search";

/// What a task is indexed under: for programs that fill a database past [`super::Door`].
#[must_use]
pub fn terms(backend: DbBackend, owner: &Owner, task: &Task) -> Vec<String> {
    let key = match backend {
        DbBackend::Postgres => format!("{}.{}", owner_key(owner), block(task.number)),
        _ => owner_key(owner),
    };
    let text = format!("{} {}", task.title, task.description);
    words::split_words(&text).into_iter().map(|word| format!("{key}_{word}")).collect()
}

/// Short, and the same for every process. Two owners with the same key would only read more than they
/// need: the query still names the owner.
fn owner_key(owner: &Owner) -> String {
    let digest = digest("owner", &owner.as_str().to_owned());
    digest[..6].iter().fold(String::with_capacity(12), |mut key, byte| {
        let _ = write!(key, "{byte:02x}");
        key
    })
}
