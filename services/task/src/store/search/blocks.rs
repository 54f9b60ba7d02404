//! Queries of the index on PostgreSQL, where the words of each block of 8192 numbers are apart.

use tandem_auth::Owner;

use super::owner_key;

/// The block of a number, as the statement of [`query_of_row`] finds it too.
pub(in crate::store) fn block(number: i64) -> i64 {
    number >> 13
}

/// Blocks of numbers: `from` and those up to `until`, without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) struct Blocks {
    pub(in crate::store) from: i64,
    pub(in crate::store) until: i64,
}

impl Blocks {
    /// Those of all numbers up to `last`.
    pub(in crate::store) fn all(last: i64) -> Self {
        Self { from: 0, until: block(last) + 1 }
    }
}

/// What the rows of each of `blocks` satisfy that have, for each of `words`, one that begins with it.
pub(in crate::store) fn queries(owner: &Owner, words: &[String], blocks: Blocks) -> Vec<String> {
    (blocks.from..blocks.until).map(|block| of_block(owner, words, &block.to_string())).collect()
}

/// The same for a single row, with `#` where the block of its number belongs.
pub(in crate::store) fn query_of_row(owner: &Owner, words: &[String]) -> String {
    of_block(owner, words, "#")
}

fn of_block(owner: &Owner, words: &[String], block: &str) -> String {
    let key = owner_key(owner);
    // Words are letters and digits, so the quotes need no escaping.
    let terms = words.iter().map(|word| format!("'{key}.{block}_{word}':*"));
    terms.collect::<Vec<_>>().join(" & ")
}
