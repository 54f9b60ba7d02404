//! Index terms and the queries that match them.

use std::collections::BTreeSet;
use std::fmt::{Display, Write as _};
use std::ops::ControlFlow;

use tandem_aip::digest;

use crate::split::scan_words;

/// The most bytes of terms per text: half of the limit of a `tsvector`. Of a text with more words only
/// the first are indexed.
const MAX_TERM_BYTES: usize = 512 * 1024;

/// The prefix of an owner's index terms. A search reads only terms with this prefix, so it reads
/// nothing of other owners. Two owners may share a key; that costs reads, so the query has to filter by
/// owner too.
///
/// Keys and terms consist of letters, digits and `_`, and need no quoting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexKey(String);

impl IndexKey {
    /// The key of an owner: 12 hexadecimal digits, the same in every process.
    #[must_use]
    pub fn of_owner(owner: &str) -> Self {
        let digest = digest("owner", &owner.to_owned());
        let mut key = String::with_capacity(12);
        for byte in &digest[..6] {
            let _ = write!(key, "{byte:02x}");
        }
        Self(key)
    }

    /// The key of a block of an owner's rows, for an index that is searched block by block.
    #[must_use]
    pub fn of_block(owner: &str, block: impl Display) -> Self {
        Self::of_owner(&format!("{owner}/{block}"))
    }

    /// The index term of a word; a prefix of the terms of all words that begin with it.
    #[must_use]
    pub fn index_term(&self, word: &str) -> String {
        format!("{}_{word}", self.0)
    }

    /// The distinct index terms of a text, sorted.
    #[must_use]
    pub fn index_terms(&self, text: &str) -> Vec<String> {
        let (mut terms, mut left) = (BTreeSet::new(), MAX_TERM_BYTES);
        scan_words(text, |word| {
            let term = self.index_term(&word.folded);
            if terms.contains(&term) {
                return ControlFlow::Continue(());
            }
            let Some(rest) = left.checked_sub(term.len()) else { return ControlFlow::Break(()) };
            left = rest;
            terms.insert(term);
            ControlFlow::Continue(())
        });
        terms.into_iter().collect()
    }

    /// An FTS5 query (SQLite) for rows that contain, for each of `words`, a term that begins with it.
    #[must_use]
    pub fn fts5_query(&self, words: &[String]) -> String {
        let prefixes = words.iter().map(|word| format!("\"{}\"*", self.index_term(word)));
        prefixes.collect::<Vec<_>>().join(" AND ")
    }

    /// The same query as a `tsquery` (PostgreSQL).
    #[must_use]
    pub fn postgres_tsquery(&self, words: &[String]) -> String {
        let prefixes = words.iter().map(|word| format!("'{}':*", self.index_term(word)));
        prefixes.collect::<Vec<_>>().join(" & ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_match_term_prefixes() {
        let key = IndexKey::of_owner("alice");
        let IndexKey(prefix) = &key;
        let expected = ["bread", "buy", "milk"].map(|word| format!("{prefix}_{word}"));
        assert_eq!(key.index_terms("Buy milk, buy bread"), expected);
        let words = ["mi".to_owned(), "bu".to_owned()];
        assert_eq!(key.fts5_query(&words), format!("\"{prefix}_mi\"* AND \"{prefix}_bu\"*"));
        assert_eq!(key.postgres_tsquery(&words), format!("'{prefix}_mi':* & '{prefix}_bu':*"));
        assert_ne!(IndexKey::of_owner("bob"), key);
    }

    #[test]
    fn blocks_have_keys_of_their_own() {
        let (owner, block) = (IndexKey::of_owner("alice"), IndexKey::of_block("alice", 7));
        assert_ne!(block, owner);
        assert_ne!(block, IndexKey::of_block("alice", 8));
        let IndexKey(prefix) = &block;
        assert!(prefix.chars().all(|c| c.is_ascii_hexdigit()), "FTS5 splits terms elsewhere");
        assert_eq!(block.index_terms("Milk"), [format!("{prefix}_milk")]);
    }

    #[test]
    fn only_the_first_words_are_indexed() {
        let text = (0..100_000).map(|number| format!("w{number:06} ")).collect::<String>();
        let terms = IndexKey::of_owner("alice").index_terms(&text);
        let bytes = terms.iter().map(String::len).sum::<usize>();
        assert!((MAX_TERM_BYTES - 32..=MAX_TERM_BYTES).contains(&bytes), "{bytes}");
        assert!(
            terms.last().is_some_and(|last| last.ends_with(&format!("{:06}", terms.len() - 1)))
        );
    }
}
