//! Pages of tasks. Whatever the filter and the order, a call reads at most [`MAX_ROWS_SCANNED`] rows and index
//! entries and searches at most [`MAX_BLOCKS_SEARCHED`](super::MAX_BLOCKS_SEARCHED) blocks of words. It may
//! return a short page (AIP-158); the token is the last row scanned.
//!
//! A page is read along the index of its order. If the index answers the filter, its entries are the page
//! ([`direct`]). Otherwise they are scanned for those that match ([`scan`]); if the first rows do not fill the page
//! and a part of the filter matches few tasks ([`small_part`]), those are sorted instead.

mod candidate;
mod direct;
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
pub(super) use self::source::Numbers;
use self::source::Source;
use crate::domain::{Position, Task};

/// The maximum of rows and index entries that a call reads, except those of the search index. Each statement
/// is limited to the rest.
pub const MAX_ROWS_SCANNED: u64 = 10_000;

/// The rows scanned along the order before a small part of the filter is looked for.
const FIRST_ROWS: u64 = 500;

/// A page of tasks.
#[derive(Debug)]
pub struct Page {
    /// The tasks, in order.
    pub tasks: Vec<Task>,
    /// The position after which the next page begins; `None` after the last page.
    pub next: Option<Position>,
}

/// The next tasks that match the query: as many as its size or as fit into a message, or fewer if a limit is
/// reached.
///
/// # Errors
/// [`Error::DatabaseUnavailable`].
pub async fn list(db: &impl ConnectionTrait, query: &ListQuery<'_>) -> Result<Page, Error> {
    if query.is_contradictory() {
        return Ok(Page { tasks: Vec::new(), next: None });
    }
    if query.is_answered_by_order() {
        return direct::read_page(db, query).await;
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
    // Along the order, words are compared with the texts, so their index is searched first.
    while query.filter.words.is_empty() && scan.rows < FIRST_ROWS && scan.can_advance(&source) {
        scan.advance(db, &source, FIRST_ROWS - scan.rows).await?;
    }
    if !scan.is_done()
        && let Some(small) = small_part::find(db, query, &source, &mut scan.budget).await?
    {
        source = small;
    }
    while scan.can_advance(&source) {
        scan.advance(db, &source, MAX_ROWS_SCANNED).await?;
    }
    if let (true, Source::Numbers(Numbers { end: Some(end), .. })) = (scan.is_exhausted, source) {
        scan.continue_after(end);
    }
    Ok(scan)
}
