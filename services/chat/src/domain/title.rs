//! What a conversation is called where its user has not said.

use unicode_segmentation::UnicodeSegmentation as _;

/// How long such a title is at most, in characters.
const LENGTH: usize = 60;

/// A title from what a user wrote: the first sentence of the first line, in one line and without
/// invisible characters, cut at the end of a word where it is longer than 60 characters. Empty where
/// nothing of it can be shown.
pub(super) fn of(message: &str) -> String {
    let line = message.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    let sentence = line.unicode_sentences().next().unwrap_or(line);
    let visible = sentence.chars().map(|c| if c.is_control() { ' ' } else { c });
    let visible = visible.filter(|c| !is_direction(*c)).collect::<String>();
    let words = visible.split_whitespace().collect::<Vec<_>>().join(" ");
    let words = words.trim_end_matches(['.', '。']);
    if words.chars().count() <= LENGTH {
        return words.to_owned();
    }
    let beginning = tandem_text_search::truncate_text(words, LENGTH - 1);
    let beginning = beginning.trim_end_matches([',', ';', ':', '-', '–', ' ']);
    if beginning.is_empty() { String::new() } else { format!("{beginning}…") }
}

/// Marks of the direction of writing: cut off from their ends, they would turn what stands around.
fn is_direction(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn a_title_is_the_first_sentence_of_the_first_line() {
        assert_eq!(of("add buy milk"), "add buy milk");
        assert_eq!(of("\n  Plan my week. I have three meetings.\nThanks"), "Plan my week");
        assert_eq!(of("What is due at 5 p.m. today? Tell me!"), "What is due at 5 p.m. today?");
        assert_eq!(of("牛乳を買う。それから寝る。"), "牛乳を買う");
        assert_eq!(of("first line\nsecond line"), "first line");
        assert_eq!(of("🥛"), "🥛");
    }

    #[test]
    fn a_long_sentence_is_cut_at_the_end_of_a_word() {
        let title = of(&"remember to water the plants, ".repeat(9));
        assert_eq!(title, "remember to water the plants, remember to water the plants…");
        assert_eq!(of(&"x".repeat(99)), format!("{}…", "x".repeat(59)));
        assert_eq!(of(&"👩‍👩‍👧‍👦".repeat(20)), format!("{}…", "👩‍👩‍👧‍👦".repeat(8)));
        assert_eq!(of(&format!("e{}", "\u{301}".repeat(99))), "");
    }

    #[test]
    fn what_cannot_be_seen_is_no_title() {
        assert_eq!(of("a\tb  c\u{7}d \u{2067}e"), "a b c d e");
        assert_eq!(of(" \n \u{2067}"), "");
    }
}
