//! Words: what a text is found by, the same on every database, and where they stand in it.
//!
//! What is indexed ([`terms`]), what is looked for ([`split`], [`fts5`], [`tsquery`]) and what is shown
//! ([`snippet`]) come from one reading of the text, so that they cannot differ.

mod beginning;
mod index;
mod snippet;
mod split;

pub use beginning::beginning;
pub use index::{fts5, terms, tsquery};
pub use snippet::{Snippet, snippet};
pub use split::split;
