//! Detects tasks of other users, which no tool can reach.

use super::ParsedFilter;
use super::words::{FILLERS, is_noun};
use crate::date::{self, Now};
use crate::phrase::Phrase;
use crate::priority;
use crate::wordlist::Wordlist;

/// Everybody else.
const PEOPLE: Wordlist =
    Wordlist("everyone|everyone's|everybody|everybody's|someone|someone's|somebody's");
/// Words for a person in the system.
const ACCOUNTS: Wordlist = Wordlist("user|users|account|accounts");

/// "tasks of alice", "bob's list", "for user bob", "everyone's": there is no such tool.
pub(super) fn read_other_owner(
    phrase: Phrase<'_>,
    now: &Now,
    parsed: &mut ParsedFilter,
) -> Option<usize> {
    let (word, next) = (phrase.word_at(0), phrase.word_at(1));
    let is_date = |phrase: Phrase<'_>| date::parse_window(phrase, now).is_some();
    let names_list = |at: usize| is_noun(phrase.word_at(at));
    let found = PEOPLE.contains(word)
        || (ACCOUNTS.contains(next)
            && matches!(word, "of" | "for" | "from" | "by" | "as" | "other"))
        || (word.ends_with("'s")
            && !FILLERS.contains(word)
            && (names_list(1) || names_list(2))
            && !is_date(phrase.slice(0..1)))
        || (matches!(word, "of" | "owned" | "belonging")
            && parsed.has_noun
            && !matches!(next, "" | "my" | "mine" | "the" | "them" | "these" | "this")
            && !(1..phrase.len()).any(names_list)
            && priority::parse_marked_priority(phrase.slice(1..3)).is_none()
            && !is_date(phrase.skip_tokens(1)));
    parsed.other_owner |= found;
    found.then_some(phrase.len())
}
