//! Words of a filter that set no condition: nouns, quantities and fillers.

use super::ParsedFilter;
use crate::date::Now;
use crate::phrase::Phrase;
use crate::wordlist::Wordlist;

/// Nouns for one task or the whole list.
const NOUNS: Wordlist = Wordlist("task|todo|to-do|item|reminder|agenda|plate|summary|overview");
/// Nouns for several tasks.
const PLURALS: Wordlist =
    Wordlist("tasks|todos|to-dos|items|reminders|things|stuff|everything|list|lists");

/// Quantities without a noun.
const QUANTITIES: Wordlist = Wordlist("all|every|each|ones|entire|whole");
/// Words of a question without a meaning for the filter.
pub(super) const FILLERS: Wordlist = Wordlist(
    "my|the|that|which|what|what's|whats|is|are|i|i've|i'm|have|got|do|of|on|for|me|currently|\
     right|now|still|left|with|there|anything|any|a|an|be|must|need|should|has|to|in|am|was|\
     were|look|like|so|far|already|out|marked|as|up|one|we|and|due|our|:|,|been|does|how|many|\
     much|at|coming|did|from|not|yet|current|can|most|next|it's|that's|there's|here's|let's|\
     existing",
);

/// "all", "tasks", "to do".
pub(super) fn read_noun(phrase: Phrase<'_>, _: &Now, parsed: &mut ParsedFilter) -> Option<usize> {
    let word = phrase.word_at(0);
    if word == "to" && phrase.word_at(1) == "do" {
        parsed.has_noun = true;
        return Some(2);
    }
    let (plural, quantity) = (PLURALS.contains(word), QUANTITIES.contains(word));
    let known = plural || quantity || NOUNS.contains(word);
    parsed.has_noun |= known && !quantity;
    parsed.is_plural |= plural || quantity;
    parsed.means_all |= matches!(word, "all" | "everything");
    known.then_some(1)
}

/// Skips a word of [`FILLERS`].
pub(super) fn read_filler(phrase: Phrase<'_>, _: &Now, _: &mut ParsedFilter) -> Option<usize> {
    FILLERS.contains(phrase.word_at(0)).then_some(1)
}

/// Whether the word means one or several tasks.
pub(super) fn is_noun(word: &str) -> bool {
    NOUNS.contains(word) || PLURALS.contains(word)
}
