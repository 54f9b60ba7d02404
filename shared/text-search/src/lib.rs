//! Text search that is the same on every database: words, index terms, queries and snippets.
//!
//! Index terms ([`IndexKey::index_terms`]), query words ([`split_words`]) and snippets
//! ([`extract_snippet`]) use one scanner, so a text that is found by a word also shows it.

mod index;
mod snippet;
mod split;
mod truncate;

pub use index::IndexKey;
pub use snippet::{Snippet, extract_snippet};
pub use split::split_words;
pub use truncate::truncate_text;
