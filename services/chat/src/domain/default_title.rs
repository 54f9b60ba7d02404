//! The default title of a conversation, taken from its first message.

use unicode_segmentation::UnicodeSegmentation as _;

/// The longest default title, in characters.
const MAX_LENGTH: usize = 60;

/// The first sentence of the first line of a message, in one line, without invisible characters, and
/// truncated at a word boundary to 60 characters. Empty if the message has no visible text.
pub(super) fn title_from_message(message: &str) -> String {
    let line = message.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    let sentence = line.unicode_sentences().next().unwrap_or(line);
    let visible = sentence.chars().map(|c| if c.is_control() { ' ' } else { c });
    let visible = visible.filter(|c| !is_direction_mark(*c)).collect::<String>();
    let words = visible.split_whitespace().collect::<Vec<_>>().join(" ");
    let title = words.trim_end_matches(['.', '。']);
    if title.chars().count() <= MAX_LENGTH { title.to_owned() } else { truncate_title(title) }
}

/// Empty if the first grapheme alone exceeds the limit.
fn truncate_title(title: &str) -> String {
    let start = tandem_text_search::truncate_text(title, MAX_LENGTH - 1);
    let start = start.trim_end_matches([',', ';', ':', '-', '–', ' ']);
    if start.is_empty() { String::new() } else { format!("{start}…") }
}

/// Marks of the writing direction. Separated from their counterparts, they would reverse the text
/// around the title.
fn is_direction_mark(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::title_from_message;

    #[test]
    fn title_is_first_sentence_of_first_line() {
        assert_eq!(title_from_message("add buy milk"), "add buy milk");
        assert_eq!(
            title_from_message("\n  Plan my week. I have three meetings.\nThanks"),
            "Plan my week"
        );
        assert_eq!(
            title_from_message("What is due at 5 p.m. today? Tell me!"),
            "What is due at 5 p.m. today?"
        );
        assert_eq!(title_from_message("牛乳を買う。それから寝る。"), "牛乳を買う");
        assert_eq!(title_from_message("first line\nsecond line"), "first line");
        assert_eq!(title_from_message("🥛"), "🥛");
    }

    #[test]
    fn long_title_ends_at_a_word() {
        let title = title_from_message(&"remember to water the plants, ".repeat(9));
        assert_eq!(title, "remember to water the plants, remember to water the plants…");
        assert_eq!(title_from_message(&"x".repeat(99)), format!("{}…", "x".repeat(59)));
        assert_eq!(title_from_message(&"👩‍👩‍👧‍👦".repeat(20)), format!("{}…", "👩‍👩‍👧‍👦".repeat(8)));
        assert_eq!(title_from_message(&format!("e{}", "\u{301}".repeat(99))), "");
    }

    #[test]
    fn invisible_characters_are_removed() {
        assert_eq!(title_from_message("a\tb  c\u{7}d \u{2067}e"), "a b c d e");
        assert_eq!(title_from_message(" \n \u{2067}"), "");
    }
}
