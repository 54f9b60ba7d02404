//! Detects words that are no command: negated, hypothetical or reported.

use crate::phrase::Phrase;
use crate::wordlist::Wordlist;

/// Why words are no command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Modality {
    Negated,
    Hypothetical,
}

/// Openings of questions and conditions.
const HYPOTHETICAL_OPENINGS: Wordlist = Wordlist(
    "should i|should we|should|shall i|shall we|can i|may i|could i|might|do i|do you|did i|\
     did you|does|did|have i|have you|has|am i|is|are|was|were|what|what's|whats|how|how's|why|\
     who|who's|when|where|where's|which|whether|if|unless|suppose|supposing|imagine|pretend|\
     hypothetically|in case|would it|will it|would that|assuming|maybe|perhaps|i wonder|\
     i might|i may|i wish|i was going to|i could|i would|i'd|i think|i guess|i thought|\
     i was thinking|someday|say i|once|after i|before i|as soon as|i'm thinking|i am thinking|\
     i'm about to|thinking of|remember when|it would|would|will",
);

/// Openings that negate the words after them.
const NEGATIONS: Wordlist = Wordlist(
    "don't|dont|do not|never|not|no|i don't|i dont|i do not|i didn't|i didnt|i did not|\
     i haven't|i havent|i have not|i won't|i will not|i can't|i cant|i cannot|i couldn't|\
     i wouldn't|i never|i'm not|i am not|i shouldn't|you shouldn't|you should not|you mustn't|\
     you must not|you don't|stop|avoid|refrain|without|neither|rather than|instead of|we don't|\
     we didn't|nobody|nothing|i wasn't|i hadn't|there's no need|there is no need|\
     under no circumstances|please don't|i refuse|by no means",
);

/// Verbs of reported speech: the words around them are no command.
const REPORTING_VERBS: Wordlist = Wordlist(
    "said|says|say|told|tells|asked|asks|wants|wanted|thinks|wrote|writes|wonders|suggested|\
     suggests",
);

/// The modality of words that are no command themselves; it applies to the clauses after them too.
pub(super) fn detect_modality(phrase: Phrase<'_>) -> Option<Modality> {
    if NEGATIONS.matches_start(phrase) {
        Some(Modality::Negated)
    } else if HYPOTHETICAL_OPENINGS.matches_start(phrase)
        || phrase.words().any(|word| REPORTING_VERBS.contains(word))
    {
        Some(Modality::Hypothetical)
    } else {
        phrase.words().any(is_negation).then_some(Modality::Negated)
    }
}

fn is_negation(word: &str) -> bool {
    word == "not" || word.ends_with("n't")
}
