//! The counters of each owner: numbers, changes, and how many tasks by status.

use sea_orm::{ConnectionTrait, QueryResult, Statement};
use tandem_auth::Owner;
use tandem_database::Db as _;
use tandem_error::Error;

use crate::domain::Counts;

/// What an owner's counters stand at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counters {
    /// The number that was given last.
    pub number: i64,
    /// The sequence of the last change.
    pub sequence: i64,
    /// How many tasks by status.
    pub counts: Counts,
}

/// Takes the next numbers and places in the log; answers the last of each. They are given back when the
/// transaction is: there are no gaps. Whoever comes next waits until it ends, so that an owner's changes
/// are committed in order.
pub(super) async fn advance(
    tx: &impl ConnectionTrait,
    owner: &Owner,
    by: Counters,
) -> Result<Counters, Error> {
    let statement = Statement::from_sql_and_values(
        tx.get_database_backend(),
        "INSERT INTO task_counters AS old (owner, number, sequence, pending, completed) \
         VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (owner) DO UPDATE SET number = old.number + excluded.number, \
         sequence = old.sequence + excluded.sequence, pending = old.pending + excluded.pending, \
         completed = old.completed + excluded.completed \
         RETURNING number, sequence, pending, completed",
        [
            owner.as_str().into(),
            by.number.into(),
            by.sequence.into(),
            by.counts.pending.into(),
            by.counts.completed.into(),
        ],
    );
    let row = tx.query_one_raw(statement).await.db()?;
    read(&row.ok_or_else(|| Error::internal("INSERT … RETURNING gave no row"))?)
}

/// The owner's counters; zeros where they never wrote.
pub async fn counters(db: &impl ConnectionTrait, owner: &Owner) -> Result<Counters, Error> {
    let statement = Statement::from_sql_and_values(
        db.get_database_backend(),
        "SELECT number, sequence, pending, completed FROM task_counters WHERE owner = $1",
        [owner.as_str().into()],
    );
    match db.query_one_raw(statement).await.db()? {
        Some(row) => read(&row),
        None => Ok(Counters::default()),
    }
}

fn read(row: &QueryResult) -> Result<Counters, Error> {
    let counts = Counts {
        pending: row.try_get("", "pending").db()?,
        completed: row.try_get("", "completed").db()?,
    };
    let number = row.try_get("", "number").db()?;
    Ok(Counters { number, sequence: row.try_get("", "sequence").db()?, counts })
}
