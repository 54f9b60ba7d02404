//! The checks of `buf.validate` rules and of `tandem.options.v1.normalized_text`, called by generated code.
//!
//! A check normalizes text and collects every violation, so that one response names all of them. Nothing
//! is truncated: a value that is too long is refused.

mod check;
mod present;
mod text;

pub(crate) use check::*;
pub(crate) use present::Present;
pub use text::{clean, is_uuid};

/// A message with rules for its fields.
pub trait Check {
    /// Normalizes the text fields, and adds a violation for every rule that a field breaks. `path` is the
    /// path of this message with a trailing dot, or empty.
    fn check(&mut self, path: &str, violations: &mut Vec<Violation>);
}

/// An invalid field, as in `google.rpc.BadRequest.FieldViolation`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Path of the field, for example `task.labels[2]`.
    pub field: String,
    /// What is wrong, for people.
    pub description: String,
}

impl Violation {
    /// A violation of the field with the path `field`.
    pub fn new(field: impl Into<String>, description: impl Into<String>) -> Self {
        Self { field: field.into(), description: description.into() }
    }
}

/// Rules of a string.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StringRules {
    pub(crate) form: Form,
    /// Minimum length in characters (Unicode scalar values).
    pub(crate) min_len: usize,
    /// Maximum length in characters; `None` for no limit.
    pub(crate) max_len: Option<usize>,
}

/// Form of a string.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// Any characters.
    Any,
    /// `tandem.options.v1.normalized_text`.
    NormalizedText,
    /// `string.uuid`.
    Uuid,
    /// The `string.pattern` of printable ASCII without spaces.
    PrintableAscii,
}

#[cfg(test)]
mod tests;
