//! Counters per owner: last task number, last change sequence, tasks by status.

use sea_orm::{ConnectionTrait, QueryResult, Statement};
use tandem_auth::Owner;
use tandem_database::Db as _;
use tandem_error::Error;

use crate::domain::Counts;

/// The counters of an owner.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counters {
    /// The last task number assigned.
    pub number: i64,
    /// The sequence of the last change.
    pub sequence: i64,
    pub counts: Counts,
}

/// Reserves the next numbers and change sequences; returns the last of each. A rollback releases them, so
/// there are no gaps. The row lock serialises the writes of an owner, so that changes commit in order.
pub(super) async fn advance_counters(
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
    counters_from_row(&row.ok_or_else(|| Error::internal("INSERT … RETURNING gave no row"))?)
}

/// The owner's counters; zeros before the first write.
pub async fn find_counters(db: &impl ConnectionTrait, owner: &Owner) -> Result<Counters, Error> {
    let statement = Statement::from_sql_and_values(
        db.get_database_backend(),
        "SELECT number, sequence, pending, completed FROM task_counters WHERE owner = $1",
        [owner.as_str().into()],
    );
    match db.query_one_raw(statement).await.db()? {
        Some(row) => counters_from_row(&row),
        None => Ok(Counters::default()),
    }
}

fn counters_from_row(row: &QueryResult) -> Result<Counters, Error> {
    let counts = Counts {
        pending: row.try_get("", "pending").db()?,
        completed: row.try_get("", "completed").db()?,
    };
    let number = row.try_get("", "number").db()?;
    Ok(Counters { number, sequence: row.try_get("", "sequence").db()?, counts })
}
