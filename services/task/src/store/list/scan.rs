//! Looking at the tasks of a source one after the other, until a page is found.

use sea_orm::ConnectionTrait;
use tandem_error::Error;

use super::budget::Budget;
use super::candidate::{Candidate, find_candidates};
use super::query::ListQuery;
use super::source::Source;
use crate::domain::Position;

/// The most rows whose text is read at a time, and the most text that a call reads, in bytes.
const TEXT_ROWS: u64 = 100;
const TEXT_BYTES: usize = 1024 * 1024;

/// A scan in the order of the list.
#[derive(Debug)]
pub(super) struct Scan<'a> {
    query: &'a ListQuery<'a>,
    pub(super) budget: Budget,
    /// The last row looked at.
    pub(super) position: Option<Position>,
    /// The rows that satisfy the query, up to one more than the page has.
    pub(super) found: Vec<Candidate>,
    /// Whether there are no rows after the position.
    pub(super) is_exhausted: bool,
    text_bytes: usize,
}

impl<'a> Scan<'a> {
    pub(super) fn new(query: &'a ListQuery<'a>, budget: Budget) -> Self {
        let position = query.after;
        Self { query, budget, position, found: Vec::new(), is_exhausted: false, text_bytes: 0 }
    }

    /// Whether the page is found.
    pub(super) fn is_done(&self) -> bool {
        self.is_exhausted || self.found.len() as u64 == self.query.page_limit()
    }

    pub(super) fn can_advance(&self, source: &Source) -> bool {
        self.max_rows(source) > 0 && self.text_bytes < TEXT_BYTES
    }

    /// The most rows of a source that can be looked at next.
    pub(super) fn max_rows(&self, source: &Source) -> u64 {
        let rows = match source {
            // All of them are looked up to be sorted.
            Source::Numbers { numbers, .. } => {
                let all = numbers.len() as u64 + 1;
                if self.budget.affords(all) > 0 { all } else { 0 }
            }
            _ => self.budget.affords(source.entries_per_row(self.query) + 1),
        };
        if self.needs_text(source) { rows.min(TEXT_ROWS) } else { rows }
    }

    /// Looks at the next `limit` rows.
    pub(super) async fn advance(
        &mut self,
        db: &impl ConnectionTrait,
        source: &Source,
        limit: u64,
    ) -> Result<(), Error> {
        let with_text = self.needs_text(source);
        let rows =
            find_candidates(db, self.query, source, (self.position, limit, with_text)).await?;
        self.budget.spend(match source {
            Source::Numbers { numbers, .. } => numbers.len() as u64,
            _ => limit * (source.entries_per_row(self.query) + 1),
        });
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
    let words = tandem_text_search::split(text);
    wanted.iter().all(|wanted| words.iter().any(|word| word.starts_with(wanted)))
}
