//! Forms of strings.

use unicode_normalization::{UnicodeNormalization as _, is_nfc};
use uuid::Uuid;

/// Normalizes text: removes control characters (except tab and newline) and bidirectional overrides,
/// converts to Unicode NFC, and trims white space at both ends. Idempotent.
#[must_use]
pub fn clean(text: &str) -> String {
    let kept = |c: &char| !(c.is_control() && !matches!(c, '\t' | '\n') || is_bidi_override(*c));
    // Characters that compose can become adjacent when others are removed, so NFC comes second.
    let text = text.chars().filter(kept).nfc().collect::<String>();
    text.trim().to_owned()
}

pub(super) fn is_clean(text: &str) -> bool {
    text.trim().len() == text.len()
        && !text.chars().any(|c| c.is_control() && !matches!(c, '\t' | '\n') || is_bidi_override(c))
        && is_nfc(text)
}

/// U+202D and U+202E display the following text in another order than the stored one. The embeddings and
/// isolates that right-to-left text needs are kept.
fn is_bidi_override(c: char) -> bool {
    matches!(c, '\u{202d}' | '\u{202e}')
}

/// Whether a string is a hyphenated UUID (RFC 9562).
#[must_use]
pub fn is_uuid(value: &str) -> bool {
    value.len() == 36 && Uuid::try_parse(value).is_ok()
}
