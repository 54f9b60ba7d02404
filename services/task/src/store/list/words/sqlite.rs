//! On SQLite: FTS5 gives the rows of whole words one by one, in the order of the numbers; for a prefix
//! it would first read all rows of all words that begin with it. So a prefix becomes the words it stands
//! for, where they are not too many.

use sea_orm::sea_query::{Asterisk, Expr, ExprTrait as _, Query, SelectStatement};
use sea_orm::{ColumnTrait as _, ConnectionTrait, DbBackend};
use tandem_error::Error;

use super::super::{fetch, walk::Walk, wanted::Wanted};
use crate::domain::{Position, SortField};
use crate::store::entity::task;
use crate::store::search;

/// How many tasks are looked at in another order, before all that match are sorted.
const PROBE: u64 = 1000;

pub(super) async fn rows(
    db: &impl ConnectionTrait,
    wanted: Wanted<'_>,
) -> Result<Vec<task::Model>, Error> {
    let Some(pattern) = search::pattern(db, wanted.owner, &wanted.filter.words).await? else {
        return Ok(Vec::new());
    };
    let by_number = wanted.order.field == SortField::Number;
    if !by_number && search::has_many(db, &pattern).await? {
        let rows = probe(db, &wanted).await?;
        if rows.len() as u64 == wanted.limit {
            return Ok(rows);
        }
    }
    fetch(db, matching(&wanted, &pattern)).await
}

/// The rows that match, by number as the index has them, or sorted.
fn matching(wanted: &Wanted<'_>, pattern: &str) -> SelectStatement {
    let row_id = || Expr::col((search::TABLE, "rowid"));
    let mut query = Query::select();
    query.column((task::Entity, Asterisk)).from(search::TABLE).cross_join(task::Entity);
    query.and_where(Expr::cust_with_values("task_search MATCH ?", [pattern]));
    query.and_where(row_id().eq(task::Column::RowId.into_expr()));
    query.cond_where(wanted.condition(None)).limit(wanted.limit);
    if wanted.order.field == SortField::Number {
        // Tasks get their rows in the order of their numbers.
        let behind = |after: Position| wanted.beyond(row_id(), Expr::val(after.key));
        query.and_where_option(wanted.after.map(behind));
        wanted.sort(&mut query, row_id());
    } else {
        query.and_where_option(wanted.behind(task::Column::Number.into_expr()));
        wanted.sort(&mut query, task::Column::Number.into_expr());
    }
    query
}

/// Those of the next tasks that have the words, as many as a page needs at most.
async fn probe(db: &impl ConnectionTrait, wanted: &Wanted<'_>) -> Result<Vec<task::Model>, Error> {
    let mut rows = Vec::new();
    for limit in [2 * wanted.limit, wanted.limit + PROBE] {
        let next = Wanted { limit, ..*wanted };
        rows = fetch(db, Walk::of(&next).rows(DbBackend::Sqlite, &next, Some(limit))).await?;
        rows.retain(|row| has_words(row, &wanted.filter.words));
        if rows.len() as u64 >= wanted.limit {
            break;
        }
    }
    rows.truncate(usize::try_from(wanted.limit).map_err(Error::internal)?);
    Ok(rows)
}

/// Whether a task has, for each of `wanted`, a word that begins with it.
fn has_words(row: &task::Model, wanted: &[String]) -> bool {
    let words = tandem_text_search::split_words(&format!("{} {}", row.title, row.description));
    wanted.iter().all(|wanted| words.iter().any(|word| word.starts_with(wanted)))
}
