//! Pages of tasks. Whatever the filter and the order, a call looks at [`MAX_ROWS_SCANNED`] rows at most
//! and may return a short page (AIP-158): its token is the last row looked at.
//!
//! A page is read along the index of its order. If the first rows do not fill it and some part of the
//! filter holds few tasks ([`small_part`]), those are sorted instead.

mod candidate;
mod query;
mod scan;
mod small_part;
mod source;
mod statement;

use sea_orm::ConnectionTrait;
use tandem_aip::page;
use tandem_error::Error;

pub use self::query::ListQuery;
use self::scan::Scan;
use self::source::Source;
use crate::domain::{Position, Task};

/// The most rows and index entries that one call looks at. Each statement is limited to what is left.
pub const MAX_ROWS_SCANNED: u64 = 10_000;

/// The rows looked at along the order before a small part of the filter is searched for.
const FIRST_ROWS: u64 = 500;

/// A page of tasks.
#[derive(Debug)]
pub struct Page {
    /// The tasks, in order.
    pub tasks: Vec<Task>,
    /// The position after which the next page begins; `None` after the last page.
    pub next: Option<Position>,
}

/// The next tasks that satisfy the query: as many as it asks for or fit into a message, or fewer if
/// [`MAX_ROWS_SCANNED`] rows hold no more.
///
/// # Errors
/// [`Error::DatabaseUnavailable`].
pub async fn list(db: &impl ConnectionTrait, query: &ListQuery<'_>) -> Result<Page, Error> {
    if query.is_contradictory() {
        return Ok(Page { tasks: Vec::new(), next: None });
    }
    let mut scan = find_page(db, query).await?;
    let has_more = page::truncate_page(&mut scan.found, query.size, |it| it.bytes);
    let next = match scan.found.last() {
        Some(last) if has_more => Some(last.position),
        _ if scan.is_exhausted => None,
        _ => scan.position,
    };
    Ok(Page { tasks: candidate::read_tasks(db, query, &scan.found).await?, next })
}

/// Finds the tasks of a page, and one more if there is one.
async fn find_page<'a>(
    db: &impl ConnectionTrait,
    query: &'a ListQuery<'a>,
) -> Result<Scan<'a>, Error> {
    let mut scan = Scan::new(query);
    let mut source = Source::along_order(query);
    // Words are compared text by text along the order, so their index is asked first.
    while query.filter.words.is_empty() && !scan.is_done() && scan.rows < FIRST_ROWS {
        scan.advance(db, &source, FIRST_ROWS - scan.rows).await?;
    }
    if !scan.is_done()
        && let Some(small) = small_part::find(db, query, &source, &mut scan.budget).await?
    {
        source = small;
    }
    while !scan.is_done() && scan.next_rows(&source) > 0 {
        scan.advance(db, &source, MAX_ROWS_SCANNED).await?;
    }
    Ok(scan)
}
