//! Words for searching: what a text is found by, the same on every database.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// The longest word that is told apart, in characters; longer ones are found by their beginning.
const LONGEST: usize = 64;

/// The distinct words of a text: runs of letters and digits, without case and accents. Ideographs and
/// kana, which are written without spaces, are words of one character each.
#[must_use]
pub fn split(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    for c in text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase) {
        if is_ideographic(c) {
            finish(&mut word, &mut words);
            word.push(c);
            finish(&mut word, &mut words);
        } else if c.is_alphanumeric() {
            word.push(c);
        } else {
            finish(&mut word, &mut words);
        }
    }
    finish(&mut word, &mut words);
    words.sort_unstable();
    words.dedup();
    words
}

fn finish(word: &mut String, words: &mut Vec<String>) {
    if !word.is_empty() {
        words.push(word.chars().take(LONGEST).collect());
        word.clear();
    }
}

fn is_ideographic(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn case_accents_and_punctuation_make_no_difference() {
        assert_eq!(split("Café, CAFE\u{301}! (coffee)"), ["cafe", "coffee"]);
        assert_eq!(split("ﬁle №5 straße"), ["file", "no5", "straße"]);
    }

    #[test]
    fn scripts_without_spaces_are_found_by_character() {
        assert_eq!(split("牛乳を買う"), ["う", "を", "乳", "牛", "買"]);
    }

    #[test]
    fn text_without_letters_has_no_words() {
        assert!(split(" – 🥛 … ").is_empty());
    }
}
