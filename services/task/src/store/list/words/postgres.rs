//! On PostgreSQL: GIN gives all rows that match at once, in no order. So words are indexed by blocks of
//! numbers, and read block by block in the order of the numbers; what is common is found sooner by
//! looking at the next tasks themselves.

use sea_orm::sea_query::{Asterisk, Expr, Query, SelectStatement};
use sea_orm::{ColumnTrait as _, ConnectionTrait, DbBackend};
use tandem_aip::Direction;
use tandem_error::Error;

use super::super::{among::ALL, fetch, walk::Walk, wanted::Wanted};
use crate::domain::SortField;
use crate::store::entity::task;
use crate::store::find_counters;
use crate::store::search::{self, Blocks};

/// How many tasks are looked at before the index is asked.
const PROBE: u64 = 1000;

/// Whether the task that is looked at has the words.
const HAS_WORDS: &str = "(SELECT task_search.words @@ \
    replace($1, '#', (tasks.number >> 13)::text)::tsquery \
    FROM task_search WHERE task_search.row_id = tasks.row_id)";

/// Whether the index has a task for the words. The ids are an array of the statement, so that no task is
/// read but these; and each block is a question of its own, since all together seem to be worth reading
/// the whole table.
const IS_FOUND: &str = "tasks.row_id = ANY (ARRAY(\
    SELECT found.row_id FROM unnest($1::text[]::tsquery[]) AS block (words) CROSS JOIN LATERAL (\
    SELECT task_search.row_id FROM task_search WHERE task_search.words @@ block.words OFFSET 0\
    ) AS found))";

/// How many blocks are asked for at first, and how many times as many with each further question.
const BLOCKS: (i64, i64) = (2, 4);

pub(super) async fn rows(
    db: &impl ConnectionTrait,
    mut wanted: Wanted<'_>,
) -> Result<Vec<task::Model>, Error> {
    let last = find_counters(db, wanted.owner).await?.number;
    let probed = fetch(db, probe(&wanted)).await?;
    if probed.len() as u64 == wanted.limit || last == 0 {
        return Ok(probed);
    }
    if wanted.order.field != SortField::Number {
        return fetch(db, matching(&wanted, Blocks::all(last))).await;
    }
    let mut rows = Vec::new();
    for blocks in blocks(&wanted, last) {
        let found = fetch(db, matching(&wanted, blocks)).await?;
        wanted.limit -= found.len() as u64;
        rows.extend(found);
        if wanted.limit == 0 {
            break;
        }
    }
    Ok(rows)
}

/// Looks for the words in the next tasks, in any order.
fn probe(wanted: &Wanted<'_>) -> SelectStatement {
    let budget = Some(wanted.limit + PROBE);
    let mut query = Walk::of(wanted).rows(DbBackend::Postgres, wanted, budget);
    let words = search::query_of_row(wanted.owner, &wanted.filter.words);
    query.and_where(Expr::cust_with_values(HAS_WORDS, [words]));
    query
}

/// The rows that match in some blocks, sorted.
fn matching(wanted: &Wanted<'_>, blocks: Blocks) -> SelectStatement {
    let words = search::queries(wanted.owner, &wanted.filter.words, blocks);
    let number = || task::Column::Number.into_expr();
    let mut found = Query::select();
    found.column((task::Entity, Asterisk)).from(task::Entity).limit(ALL);
    found.and_where(Expr::cust_with_values(IS_FOUND, [words]));
    let mut query = wanted.among(found, None);
    query.and_where_option(wanted.behind(number()));
    wanted.sort(&mut query, number());
    query
}

/// The blocks from where the page begins, in order: a few, then ever more at a time.
fn blocks(wanted: &Wanted<'_>, last: i64) -> impl Iterator<Item = Blocks> + use<> {
    let begin = wanted.after.map(|after| search::block(after.number));
    let descending = wanted.order.direction == Direction::Descending;
    let (last, mut count) = (search::block(last), BLOCKS.0);
    // Counted from the end at which the list begins.
    let mut next = match begin {
        Some(begin) if descending => last - begin,
        Some(begin) => begin,
        None => 0,
    };
    std::iter::from_fn(move || {
        let (from, until) = (next, (next + count).min(last + 1));
        (next, count) = (until, count * BLOCKS.1);
        let blocks = match descending {
            true => Blocks { from: last + 1 - until, until: last + 1 - from },
            false => Blocks { from, until },
        };
        (from < until).then_some(blocks)
    })
}
