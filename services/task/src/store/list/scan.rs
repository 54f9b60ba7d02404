//! Looking at the tasks of a source one after the other, until a page is found.

use sea_orm::ConnectionTrait;
use tandem_error::Error;

use super::MAX_ROWS_SCANNED;
use super::candidate::{Candidate, find_candidates};
use super::query::ListQuery;
use super::source::Source;
use crate::domain::Position;

/// The rows looked at beyond a page, in the place of those that the filter leaves out; and how many times as
/// many are looked at with each further statement.
const SLACK: u64 = 16;
const GROWTH: u64 = 4;

/// The most tasks whose text is read at a time, and the most text that a call reads, in bytes.
const TEXT_ROWS: u64 = 100;
const TEXT_BYTES: usize = 1024 * 1024;

/// A scan in the order of the list.
#[derive(Debug)]
pub(super) struct Scan<'a> {
    query: &'a ListQuery<'a>,
    /// The rows that may still be looked at.
    pub(super) budget: u64,
    /// The tasks that have been looked at.
    pub(super) rows: u64,
    /// The tasks that the next statement looks at.
    step: u64,
    /// The last row looked at.
    pub(super) position: Option<Position>,
    /// The tasks that satisfy the query, up to one more than the page has.
    pub(super) found: Vec<Candidate>,
    /// Whether there are no rows after the position.
    pub(super) is_exhausted: bool,
    text_bytes: usize,
}

impl<'a> Scan<'a> {
    pub(super) fn new(query: &'a ListQuery<'a>) -> Self {
        Self {
            query,
            // The tasks of the page are read once more.
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

    /// The tasks of a source that are looked at next; none if the budget is spent.
    pub(super) fn next_rows(&self, source: &Source) -> u64 {
        let rows = match source {
            // All of them are looked up to be sorted.
            Source::Numbers { numbers, .. } if self.budget < numbers.len() as u64 => 0,
            Source::Numbers { numbers, .. } => numbers.len() as u64 + 1,
            _ => self.step.min(self.budget / source.cost(self.query, 1)),
        };
        match self.needs_text(source) {
            true if self.text_bytes >= TEXT_BYTES => 0,
            true => rows.min(TEXT_ROWS),
            false => rows,
        }
    }

    /// Looks at the next tasks, at most `limit`.
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
            self.look_at(row);
            if self.found.len() as u64 == self.query.page_limit() {
                break;
            }
        }
        Ok(())
    }

    fn look_at(&mut self, row: Candidate) {
        self.position = Some(row.position);
        let text = row.text.as_deref().unwrap_or_default();
        self.text_bytes += text.len();
        if row.is_match && (row.text.is_none() || has_words(text, &self.query.filter.words)) {
            self.found.push(Candidate { text: None, ..row });
        }
    }

    /// Whether the words of the filter have to be looked for in the tasks themselves.
    fn needs_text(&self, source: &Source) -> bool {
        let have_words = matches!(source, Source::Numbers { have_words: true, .. });
        !self.query.filter.words.is_empty() && !have_words
    }
}

/// Whether a text has, for each of `wanted`, a word that begins with it.
fn has_words(text: &str, wanted: &[String]) -> bool {
    let words = tandem_text_search::split_words(text);
    wanted.iter().all(|wanted| words.iter().any(|word| word.starts_with(wanted)))
}
