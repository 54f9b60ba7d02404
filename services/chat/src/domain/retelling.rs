//! A model that is asked a second time, because the process that heard it first is gone: what it says
//! again the user has read already.

use std::mem;

/// What stands between two answers of the model in one message.
const PARAGRAPH: &str = "\n\n";

/// Finds what is new in what a model says.
#[derive(Debug, Default)]
pub struct Retelling {
    /// What goes before the first word.
    lead: &'static str,
    /// What the user has read of this answer, as far as the model has not said it again.
    said: String,
    heard: String,
}

impl Retelling {
    /// An answer behind `before`, all that the user has read; `said` is the part of it that came from
    /// this very answer.
    #[must_use]
    pub fn new(before: &str, said: &str) -> Self {
        let lead = if before.len() > said.len() { PARAGRAPH } else { "" };
        Self { lead, said: said.to_owned(), heard: String::new() }
    }

    /// Hears the next piece; answers what of it is to be written. A model that tells something else
    /// than the first time begins a new paragraph: what was read cannot be taken back.
    pub fn hear(&mut self, piece: &str) -> String {
        if piece.is_empty() {
            return String::new();
        }
        let piece = [mem::take(&mut self.lead), piece].concat();
        if self.said.is_empty() {
            return piece;
        }
        self.heard.push_str(&piece);
        if self.said.starts_with(&self.heard) {
            return String::new();
        }
        let (said, heard) = (mem::take(&mut self.said), mem::take(&mut self.heard));
        match heard.strip_prefix(&said) {
            Some(new) => new.to_owned(),
            None => [PARAGRAPH, heard.trim_start()].concat(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Retelling;

    fn tell(before: &str, said: &str, pieces: &[&str]) -> String {
        let mut retelling = Retelling::new(before, said);
        pieces.iter().map(|piece| retelling.hear(piece)).collect()
    }

    #[test]
    fn a_first_answer_is_written_as_it_comes_and_a_second_begins_a_paragraph() {
        assert_eq!(tell("", "", &["Hel", "lo"]), "Hello");
        assert_eq!(tell("Let me see.", "", &["", "Two", " tasks."]), "\n\nTwo tasks.");
    }

    #[test]
    fn what_was_read_is_not_written_again() {
        assert_eq!(tell("Hel", "Hel", &["H", "ello", "!"]), "lo!");
        assert_eq!(tell("So.\n\nTwo", "\n\nTwo", &["Two", " tasks"]), " tasks");
        assert_eq!(tell("Hello", "Hello", &["Hel"]), "");
    }

    #[test]
    fn another_answer_begins_a_paragraph_of_its_own() {
        assert_eq!(tell("Hello", "Hello", &["He", "y there"]), "\n\nHey there");
        assert_eq!(tell("So.\n\nTwo", "\n\nTwo", &["Three"]), "\n\nThree");
    }

    proptest! {
        /// Wherever the first telling was cut, and however the second comes in pieces, the user reads
        /// the whole answer once.
        #[test]
        fn the_same_answer_again_reads_like_one(
            pieces in prop::collection::vec("[a-zä🥛 ]{1,4}", 1..8),
            cut in any::<prop::sample::Index>(),
            before in prop_oneof![Just(""), Just("Well.")],
        ) {
            let pieces = pieces.iter().map(String::as_str).collect::<Vec<_>>();
            let whole = tell(before, "", &pieces);
            let ends = whole.char_indices().map(|(at, _)| at).collect::<Vec<_>>();
            // The paragraph is written with the first word, never alone.
            let said = &whole[..ends[cut.index(ends.len())]];
            let said = if said.trim_start().is_empty() { "" } else { said };
            let read = [before, said].concat();
            prop_assert_eq!([said, &tell(&read, said, &pieces)].concat(), whole);
        }
    }
}
