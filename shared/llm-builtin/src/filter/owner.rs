//! Detects tasks of other users, which no tool can reach.

use super::ParsedFilter;
use super::words::{FILLERS, is_noun};
use crate::date::{self, Now};
use crate::phrase::Phrase;
use crate::priority;
use crate::wordlist::Wordlist;

/// Words for other people.
const PEOPLE: Wordlist =
    Wordlist("everyone|everyone's|everybody|everybody's|someone|someone's|somebody's");

/// Nouns for an account.
const ACCOUNTS: Wordlist = Wordlist("user|users|account|accounts");

/// "tasks of alice", "bob's list", "for user bob", "everyone's".
pub(super) fn read_other_owner(
    phrase: Phrase<'_>,
    now: &Now,
    parsed: &mut ParsedFilter,
) -> Option<usize> {
    let (word, next) = (phrase.word_at(0), phrase.word_at(1));
    let found = PEOPLE.contains(word)
        || (ACCOUNTS.contains(next)
            && matches!(word, "of" | "for" | "from" | "by" | "as" | "other"))
        || (word.ends_with("'s")
            && !FILLERS.contains(word)
            && (is_noun(phrase.word_at(1)) || is_noun(phrase.word_at(2)))
            && !is_date(phrase.slice(0..1), now))
        || (matches!(word, "of" | "owned" | "belonging")
            && parsed.has_noun
            && !matches!(next, "" | "my" | "mine" | "the" | "them" | "these" | "this")
            && !phrase.skip_tokens(1).words().any(is_noun)
            && priority::parse_marked_priority(phrase.slice(1..3)).is_none()
            && !is_date(phrase.skip_tokens(1), now));
    parsed.other_owner |= found;
    found.then_some(phrase.len())
}

fn is_date(phrase: Phrase<'_>, now: &Now) -> bool {
    date::parse_window(phrase, now).is_some()
}
