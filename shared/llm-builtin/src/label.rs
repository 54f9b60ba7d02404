//! Labels: "#health", "tagged work", "with the labels a, b and c".

use super::phrase::Phrase;
use super::wordlist::Wordlist;

/// Words before a label.
const LEADS: Wordlist = Wordlist("with|as|the|a|and|,|:|to");
/// Words that call something a label.
const NOUNS: Wordlist = Wordlist("tagged|labelled|labeled|label|labels|tag|tags|hashtag");

/// The label that the token at `index` is: `#health`, but not `#3`.
pub(super) fn tag<'a>(phrase: Phrase<'a>, index: usize) -> Option<&'a str> {
    let name = phrase.part(index..index + 1).text().strip_prefix('#')?;
    let number = name.chars().all(|c| c.is_ascii_digit());
    (name.starts_with(char::is_alphanumeric) && !number).then_some(name)
}

/// Labels that are called so, by a `#` or a noun; `None` unless the whole phrase is that.
pub(super) fn mentioned(phrase: Phrase<'_>) -> Option<Vec<String>> {
    let leads = phrase.words().take_while(|word| LEADS.has(word)).count();
    if NOUNS.has(phrase.word(leads)) {
        let names = phrase.from(leads + 1);
        return if joined(names).iter().all(|name| is_short(*name)) {
            expected(names)
        } else {
            None
        };
    }
    let is_joint = |index: usize| LEADS.has(phrase.word(index));
    let all = (0..phrase.len()).all(|index| tag(phrase, index).is_some() || is_joint(index));
    let labels = (0..phrase.len()).filter_map(|index| tag(phrase, index)).map(str::to_owned);
    if all { Some(labels.collect()).filter(|labels: &Vec<_>| !labels.is_empty()) } else { None }
}

/// The names between commas and "and".
fn joined(phrase: Phrase<'_>) -> Vec<Phrase<'_>> {
    phrase.split(|word| matches!(word, "," | "and" | "&" | ":"))
}

/// Whether it can be one label, rather than one and something else: "#shopping by friday".
fn is_short(name: Phrase<'_>) -> bool {
    let words = name.from(name.words().take_while(|word| LEADS.has(word)).count());
    let tags = (0..words.len()).filter(|index| tag(words, *index).is_some()).count();
    tags == words.len() || (tags == 0 && words.len() <= 2)
}

/// Labels where some are expected, so that their names are enough.
pub(super) fn expected(phrase: Phrase<'_>) -> Option<Vec<String>> {
    let leads = phrase.words().take_while(|word| LEADS.has(word)).count();
    let noun = usize::from(NOUNS.has(phrase.word(leads)));
    let listed = phrase.from(leads + noun);
    let mut labels = Vec::new();
    for part in joined(listed) {
        let tags = (0..part.len()).filter_map(|index| tag(part, index)).count();
        if tags == part.len() {
            labels.extend((0..tags).filter_map(|index| tag(part, index)).map(str::to_owned));
        } else {
            labels.push(part.literal().trim_start_matches('#').to_owned());
        }
    }
    labels.retain(|label| !label.is_empty());
    (!labels.is_empty()).then_some(labels)
}
