//! Finding a part of the filter that holds few tasks: those are sorted, so that pages are full.

use sea_orm::sea_query::{Alias, Expr, Query, SelectStatement};
use sea_orm::ConnectionTrait;
use tandem_database::Db as _;
use tandem_error::Error;

use super::budget::Budget;
use super::query::ListQuery;
use super::source::{Source, parts};
use super::words;

/// The most tasks that are sorted, shared by the parts of the filter that are tried.
const MAX_SORTED: u64 = 2000;

/// The tasks of the part that holds the fewest, unless all hold too many.
pub(super) async fn find(
    db: &impl ConnectionTrait,
    query: &ListQuery<'_>,
    scanned: &Source,
    budget: &mut Budget,
) -> Result<Option<Source>, Error> {
    let has_words = !query.filter.words.is_empty();
    let parts = parts(query, scanned);
    let count = parts.len() as u64 + u64::from(has_words);
    // Each is read up to here, and once more where it is chosen.
    let most = (MAX_SORTED.min(budget.affords(3)) / count.max(1)).saturating_sub(1);
    if most == 0 || count == 0 {
        return Ok(None);
    }
    if has_words {
        budget.spend(2 * (most + 1) + words::SEGMENT);
        if let Some(numbers) = words::find_numbers(db, query, most).await? {
            return Ok(Some(Source::Numbers { numbers, have_words: true }));
        }
    }
    let mut smallest = None;
    let mut fewest = most;
    for part in parts {
        budget.spend(fewest + 1);
        let count = count_up_to(db, select(db, query, &part, fewest + 1)).await?;
        if count <= fewest {
            (smallest, fewest) = (Some(part), count);
        }
    }
    let Some(part) = smallest else { return Ok(None) };
    budget.spend(fewest);
    let numbers = read_numbers(db, select(db, query, &part, fewest)).await?;
    Ok(Some(Source::Numbers { numbers, have_words: false }))
}

fn select(
    db: &impl ConnectionTrait,
    query: &ListQuery<'_>,
    part: &Source,
    limit: u64,
) -> SelectStatement {
    part.select(db.get_database_backend(), query, None, limit)
}

async fn count_up_to(db: &impl ConnectionTrait, rows: SelectStatement) -> Result<u64, Error> {
    let mut count = Query::select();
    count.expr_as(Expr::cust("COUNT(*)"), "count").from_subquery(rows, Alias::new("entries"));
    let row = db.query_one(&count).await.db()?;
    let row = row.ok_or_else(|| Error::internal("COUNT gave no row"))?;
    u64::try_from(row.try_get::<i64>("", "count").db()?).map_err(Error::internal)
}

/// The column `number` of a query.
async fn read_numbers(
    db: &impl ConnectionTrait,
    rows: SelectStatement,
) -> Result<Vec<i64>, Error> {
    let rows = db.query_all(&rows).await.db()?;
    rows.iter().map(|row| row.try_get("", "number").db()).collect()
}
