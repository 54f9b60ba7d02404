//! Deduplicates the text of a model that is called again because the previous worker died during its
//! response: the user has already received a part of it.

use std::mem;

/// The separator between two model responses in one message.
const PARAGRAPH: &str = "\n\n";

/// Finds the new part of a model response of which some text was delivered before.
#[derive(Debug, Default)]
pub struct ReplayDeduplicator {
    /// Precedes the first text of the response.
    separator: &'static str,
    /// Delivered text of this response that `received` has not covered yet.
    delivered: String,
    received: String,
}

impl ReplayDeduplicator {
    /// For a response that follows `content`, all text delivered so far; `delivered` is the end of it
    /// that belongs to this response.
    #[must_use]
    pub fn new(content: &str, delivered: &str) -> Self {
        let separator = if content.len() > delivered.len() { PARAGRAPH } else { "" };
        Self { separator, delivered: delivered.to_owned(), received: String::new() }
    }

    /// Takes the next piece of the response and returns the text to deliver. If the response differs
    /// from the delivered text, it starts a new paragraph: delivered text cannot be withdrawn.
    pub fn push(&mut self, piece: &str) -> String {
        if piece.is_empty() {
            return String::new();
        }
        let piece = [mem::take(&mut self.separator), piece].concat();
        if self.delivered.is_empty() {
            return piece;
        }
        self.received.push_str(&piece);
        if self.delivered.starts_with(&self.received) {
            return String::new();
        }
        let (delivered, received) = (mem::take(&mut self.delivered), mem::take(&mut self.received));
        match received.strip_prefix(&delivered) {
            Some(new) => new.to_owned(),
            None => [PARAGRAPH, received.trim_start()].concat(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::ReplayDeduplicator;

    fn push_all(content: &str, delivered: &str, pieces: &[&str]) -> String {
        let mut deduplicator = ReplayDeduplicator::new(content, delivered);
        pieces.iter().map(|piece| deduplicator.push(piece)).collect()
    }

    #[test]
    fn second_response_starts_a_paragraph() {
        assert_eq!(push_all("", "", &["Hel", "lo"]), "Hello");
        assert_eq!(push_all("Let me see.", "", &["", "Two", " tasks."]), "\n\nTwo tasks.");
    }

    #[test]
    fn delivered_text_is_not_repeated() {
        assert_eq!(push_all("Hel", "Hel", &["H", "ello", "!"]), "lo!");
        assert_eq!(push_all("So.\n\nTwo", "\n\nTwo", &["Two", " tasks"]), " tasks");
        assert_eq!(push_all("Hello", "Hello", &["Hel"]), "");
    }

    #[test]
    fn different_text_starts_a_paragraph() {
        assert_eq!(push_all("Hello", "Hello", &["He", "y there"]), "\n\nHey there");
        assert_eq!(push_all("So.\n\nTwo", "\n\nTwo", &["Three"]), "\n\nThree");
    }

    proptest! {
        /// Whatever part was delivered, and however the repetition is split into pieces, the user
        /// receives the whole response once.
        #[test]
        fn repeated_response_is_delivered_once(
            pieces in prop::collection::vec("[a-zä🥛 ]{1,4}", 1..8),
            cut in any::<prop::sample::Index>(),
            before in prop_oneof![Just(""), Just("Well.")],
        ) {
            let pieces = pieces.iter().map(String::as_str).collect::<Vec<_>>();
            let whole = push_all(before, "", &pieces);
            let ends = whole.char_indices().map(|(at, _)| at).collect::<Vec<_>>();
            // The separator is delivered with the first text, never alone.
            let delivered = &whole[..ends[cut.index(ends.len())]];
            let delivered = if delivered.trim_start().is_empty() { "" } else { delivered };
            let content = [before, delivered].concat();
            prop_assert_eq!([delivered, &push_all(&content, delivered, &pieces)].concat(), whole);
        }
    }
}
