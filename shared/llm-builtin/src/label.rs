//! Labels: "#health", "tagged work", "with the labels a, b and c".

use super::phrase::Phrase;
use super::wordlist::Wordlist;

/// Words before a label.
const LEADS: Wordlist = Wordlist("with|as|the|a|and|,|:|to");
/// Nouns and verbs that introduce labels.
const NOUNS: Wordlist = Wordlist("tagged|labelled|labeled|label|labels|tag|tags|hashtag");

/// The label of a hashtag at `index`: `#health`, but not the task number `#3`.
pub(super) fn hashtag_at<'a>(phrase: Phrase<'a>, index: usize) -> Option<&'a str> {
    let name = phrase.slice(index..index + 1).source_text().strip_prefix('#')?;
    let number = name.chars().all(|c| c.is_ascii_digit());
    (name.starts_with(char::is_alphanumeric) && !number).then_some(name)
}

/// Parses labels marked by `#` or a noun; `None` unless the whole phrase consists of them.
pub(super) fn parse_marked_labels(phrase: Phrase<'_>) -> Option<Vec<String>> {
    let leads = phrase.words().take_while(|word| LEADS.contains(word)).count();
    if NOUNS.contains(phrase.word_at(leads)) {
        let names = phrase.skip_tokens(leads + 1);
        return if split_names(names).iter().all(|name| is_short(*name)) {
            parse_label_names(names)
        } else {
            None
        };
    }
    let all = (0..phrase.len())
        .all(|index| hashtag_at(phrase, index).is_some() || LEADS.contains(phrase.word_at(index)));
    let labels = (0..phrase.len()).filter_map(|index| hashtag_at(phrase, index)).map(str::to_owned);
    if all { Some(labels.collect()).filter(|labels: &Vec<_>| !labels.is_empty()) } else { None }
}

/// Splits at commas and "and".
fn split_names(phrase: Phrase<'_>) -> Vec<Phrase<'_>> {
    phrase.split(|word| matches!(word, "," | "and" | "&" | ":"))
}

/// Whether it can be one label; "shopping by friday" is a label and a date.
fn is_short(name: Phrase<'_>) -> bool {
    let words = name.skip_tokens(name.words().take_while(|word| LEADS.contains(word)).count());
    let tags = (0..words.len()).filter(|index| hashtag_at(words, *index).is_some()).count();
    tags == words.len() || (tags == 0 && words.len() <= 2)
}

/// Parses label names in a place where labels are expected, marked or not.
pub(super) fn parse_label_names(phrase: Phrase<'_>) -> Option<Vec<String>> {
    let leads = phrase.words().take_while(|word| LEADS.contains(word)).count();
    let noun = usize::from(NOUNS.contains(phrase.word_at(leads)));
    let listed = phrase.skip_tokens(leads + noun);
    let mut labels = Vec::new();
    for part in split_names(listed) {
        let tags = (0..part.len()).filter_map(|index| hashtag_at(part, index)).count();
        if tags == part.len() {
            labels.extend((0..tags).filter_map(|index| hashtag_at(part, index)).map(str::to_owned));
        } else {
            labels.push(part.unquoted_text().trim_start_matches('#').to_owned());
        }
    }
    labels.retain(|label| !label.is_empty());
    (!labels.is_empty()).then_some(labels)
}
