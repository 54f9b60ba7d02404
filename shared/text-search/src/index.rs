//! What an index holds, and how it is asked. Each word has a short key of its owner in front, so that a
//! search reads nothing of anybody else.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::ops::ControlFlow;

use tandem_aip::digest;

use crate::split::scan;

/// How many bytes of terms a text is found by: half of what a `tsvector` holds. A text that has more
/// words is found by those that come first in it.
const MOST_BYTES: usize = 512 * 1024;

/// What a text of `owner` is indexed under, each term once. They are letters, digits and `_`.
#[must_use]
pub fn terms(owner: &str, text: &str) -> Vec<String> {
    let key = key(owner);
    let (mut terms, mut left) = (BTreeSet::new(), MOST_BYTES);
    scan(text, |word| {
        let term = format!("{key}_{}", word.folded);
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

/// Asks SQLite's FTS5 for what has, for each of `words`, a term of `owner` that begins with it.
#[must_use]
pub fn fts5(owner: &str, words: &[String]) -> String {
    joined(owner, words, ("\"", "\"*"), " AND ")
}

/// Asks PostgreSQL, as a `tsquery`, for the same.
#[must_use]
pub fn tsquery(owner: &str, words: &[String]) -> String {
    joined(owner, words, ("'", "':*"), " & ")
}

fn joined(owner: &str, words: &[String], (before, after): (&str, &str), and: &str) -> String {
    let key = key(owner);
    // Terms are letters, digits and `_`, so the quotes need no escaping.
    let terms = words.iter().map(|word| format!("{before}{key}_{word}{after}"));
    terms.collect::<Vec<_>>().join(and)
}

/// Short, and the same for every process. Two owners with the same key would only read more than they
/// need: the query still names the owner.
fn key(owner: &str) -> String {
    let digest = digest("owner", &owner.to_owned());
    digest[..6].iter().fold(String::with_capacity(12), |mut key, byte| {
        let _ = write!(key, "{byte:02x}");
        key
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_owners_terms_are_asked_for_by_their_beginnings() {
        let terms = terms("alice", "Buy milk, buy bread");
        let key = key("alice");
        assert_eq!(terms, ["bread", "buy", "milk"].map(|word| format!("{key}_{word}")));
        let words = ["mi".to_owned(), "bu".to_owned()];
        assert_eq!(fts5("alice", &words), format!("\"{key}_mi\"* AND \"{key}_bu\"*"));
        assert_eq!(tsquery("alice", &words), format!("'{key}_mi':* & '{key}_bu':*"));
        assert_ne!(super::key("bob"), key);
    }

    #[test]
    fn a_text_of_more_words_than_an_index_takes_is_found_by_the_first() {
        let text = (0..100_000).map(|number| format!("w{number:06} ")).collect::<String>();
        let terms = terms("alice", &text);
        let bytes = terms.iter().map(String::len).sum::<usize>();
        assert!((MOST_BYTES - 32..=MOST_BYTES).contains(&bytes), "{bytes}");
        assert!(
            terms.last().is_some_and(|last| last.ends_with(&format!("{:06}", terms.len() - 1)))
        );
    }
}
