//! Scanning the tasks of a source in order until a page is found.

use sea_orm::ConnectionTrait;
use tandem_error::Error;

use super::MAX_ROWS_SCANNED;
use super::candidate::{Candidate, find_candidates};
use super::query::ListQuery;
use super::source::Source;
use crate::domain::Position;

/// The rows that the first statement scans in addition to a page, for those that do not match; and the factor
/// by which each further statement scans more.
const SLACK: u64 = 16;
const GROWTH: u64 = 4;

/// The maximum of tasks whose text a statement reads, and of text that a call reads, in bytes.
const TEXT_ROWS: u64 = 100;
const TEXT_BYTES: usize = 1024 * 1024;

/// A scan in the order of the list.
#[derive(Debug)]
pub(super) struct Scan<'a> {
    query: &'a ListQuery<'a>,
    /// The rows that may still be read.
    pub(super) budget: u64,
    /// The tasks that have been scanned.
    pub(super) rows: u64,
    /// The tasks that the next statement scans.
    step: u64,
    /// The last row that was scanned.
    pub(super) position: Option<Position>,
    /// The tasks that match the query, up to one more than the page has.
    pub(super) found: Vec<Candidate>,
    /// Whether there are no rows after the position.
    pub(super) is_exhausted: bool,
    text_bytes: usize,
}

impl<'a> Scan<'a> {
    pub(super) fn new(query: &'a ListQuery<'a>) -> Self {
        Self {
            query,
            // The tasks of the page are read again.
            budget: MAX_ROWS_SCANNED.saturating_sub(query.size.into()),
            rows: 0,
            step: query.page_limit() + SLACK,
            position: query.after,
            found: Vec::new(),
            is_exhausted: false,
            text_bytes: 0,
        }
    }

    /// Whether the page is found.
    pub(super) fn is_done(&self) -> bool {
        self.is_exhausted || self.found.len() as u64 == self.query.page_limit()
    }

    /// Whether [`Scan::advance`] would scan rows of a source.
    pub(super) fn can_advance(&self, source: &Source) -> bool {
        !self.is_done() && self.next_rows(source) > 0
    }

    /// Continues the list after `number`, in the order of the numbers.
    pub(super) fn continue_after(&mut self, number: i64) {
        self.position = Some(Position { key: number, number });
        self.is_exhausted = false;
    }

    /// The number of tasks of a source that are scanned next; 0 if the budget is spent.
    fn next_rows(&self, source: &Source) -> u64 {
        let rows = match source {
            // All of them are looked up and sorted, and those of the page are returned.
            Source::Numbers(it) if self.budget < it.numbers.len() as u64 => 0,
            Source::Numbers(_) => self.query.page_limit(),
            _ => self.step.min(self.budget / source.cost(self.query, 1)),
        };
        match self.needs_text(source) {
            true if self.text_bytes >= TEXT_BYTES => 0,
            true => rows.min(TEXT_ROWS),
            false => rows,
        }
    }

    /// Scans the next tasks, at most `limit`.
    pub(super) async fn advance(
        &mut self,
        db: &impl ConnectionTrait,
        source: &Source,
        limit: u64,
    ) -> Result<(), Error> {
        let limit = limit.min(self.next_rows(source));
        let what = (self.position, limit, self.needs_text(source));
        let rows = find_candidates(db, self.query, source, what).await?;
        self.budget = self.budget.saturating_sub(source.cost(self.query, limit));
        (self.rows, self.step) = (self.rows + limit, self.step.saturating_mul(GROWTH));
        self.is_exhausted = (rows.len() as u64) < limit;
        for row in rows {
            self.scan_row(row);
            if self.found.len() as u64 == self.query.page_limit() {
                break;
            }
        }
        Ok(())
    }

    fn scan_row(&mut self, row: Candidate) {
        self.position = Some(row.position);
        let text = row.text.as_deref().unwrap_or_default();
        self.text_bytes += text.len();
        if row.is_match && (row.text.is_none() || has_words(text, &self.query.filter.words)) {
            self.found.push(Candidate { text: None, ..row });
        }
    }

    /// Whether the words of the filter have to be compared with the texts of the tasks.
    fn needs_text(&self, source: &Source) -> bool {
        let match_words = matches!(source, Source::Numbers(it) if it.match_words);
        !self.query.filter.words.is_empty() && !match_words
    }
}

/// Whether a text has, for each of `prefixes`, a word that begins with it.
fn has_words(text: &str, prefixes: &[String]) -> bool {
    let words = tandem_text_search::split_words(text);
    prefixes.iter().all(|prefix| words.iter().any(|word| word.starts_with(prefix)))
}
