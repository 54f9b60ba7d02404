//! Finding a part of the filter that matches few tasks: those are sorted, so that pages are full.

use sea_orm::{ConnectionTrait, Statement};
use tandem_database::Db as _;
use tandem_error::Error;

use super::query::ListQuery;
use super::source::{Numbers, Source, parts};
use super::statement::SqlBuilder;
use crate::store::search;

/// Maximum number of tasks that are sorted, divided by the number of parts that are counted.
const MAX_SORTED: u64 = 2000;

/// The tasks of the smallest part, or `None` if all parts have too many.
pub(super) async fn find(
    db: &impl ConnectionTrait,
    query: &ListQuery<'_>,
    scanned: &Source,
    budget: &mut u64,
) -> Result<Option<Source>, Error> {
    let words = &query.filter.words;
    let parts = parts(query, scanned);
    let count = parts.len() as u64 + u64::from(!words.is_empty());
    // All parts are counted, one is read, and its tasks are looked up.
    let mut limit = (MAX_SORTED.min(*budget / 3) / count.max(1)).saturating_sub(1);
    if limit == 0 {
        return Ok(None);
    }
    let mut next_blocks = None;
    if !words.is_empty() {
        *budget -= search::cost(limit);
        match search::find_numbers(db, query, limit).await? {
            // Another part may hold few tasks of all blocks.
            Some(found) if found.end.is_some() => next_blocks = Some(Source::Numbers(found)),
            Some(found) => return Ok(Some(Source::Numbers(found))),
            None => {}
        }
    }
    let mut smallest = None;
    for part in parts {
        *budget -= limit + 1;
        let count = count_up_to(db, query, &part, limit + 1).await?;
        if count <= limit {
            (smallest, limit) = (Some(part), count);
        }
    }
    let Some(part) = smallest else { return Ok(next_blocks) };
    *budget -= limit;
    let mut sql = SqlBuilder::new(query, db.get_database_backend());
    let select = part.select_any(&mut sql, limit);
    let numbers = read_numbers(db, sql.build(select)).await?;
    Ok(Some(Source::Numbers(Numbers { numbers, ..Numbers::default() })))
}

async fn count_up_to(
    db: &impl ConnectionTrait,
    query: &ListQuery<'_>,
    part: &Source,
    limit: u64,
) -> Result<u64, Error> {
    let mut sql = SqlBuilder::new(query, db.get_database_backend());
    let part = part.select_any(&mut sql, limit);
    let count = format!("SELECT COUNT(*) AS number FROM ({part}) AS part");
    let count = read_numbers(db, sql.build(count)).await?;
    count.first().map_or(Ok(0), |count| u64::try_from(*count).map_err(Error::internal))
}

/// The column `number` of the rows.
async fn read_numbers(db: &impl ConnectionTrait, select: Statement) -> Result<Vec<i64>, Error> {
    let rows = db.query_all_raw(select).await.db()?;
    rows.iter().map(|row| row.try_get("", "number").db()).collect()
}
