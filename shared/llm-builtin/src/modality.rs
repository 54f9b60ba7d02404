//! Tells orders from what is only asked, denied or supposed, and strips what is mere politeness.

use super::phrase::Phrase;
use super::wordlist::Wordlist;

/// Why a sentence gives no order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Modality {
    Negated,
    Hypothetical,
}

/// Openings that ask for a favour.
const REQUEST_OPENINGS: Wordlist = Wordlist(
    "could you please|can you please|would you please|will you please|can you|could you|\
     would you|will you|can we|could we|can u|please|pls|plz|kindly|would you mind|\
     would you be so kind as to|i'd like you to|i would like you to|i want you to|\
     i need you to|go ahead and|feel free to|make sure to",
);

/// Openings that tell of a wish.
const WISH_OPENINGS: Wordlist = Wordlist(
    "i'd like to|i would like to|i want to|i wanna|let's|lets|let me|help me|i'd love to|\
     we want to|we'd like to",
);

/// Openings that carry no meaning: "hey", "ok", "now".
const FILLER_OPENINGS: Wordlist = Wordlist(
    "hey there|hi there|hey tandem|hi tandem|tandem|assistant|hey|hi|hello|ok so|ok|okay|\
     alright|right ,|well ,|so|um|uh|now|just|quickly|and|then|also|plus|but|next ,|first ,|\
     firstly|second ,|finally|lastly|afterwards|after that|oh|actually|instead|yes ,|yeah|\
     sure ,|know|tell me|let me know|do you know|i need to know|besides",
);

/// Closings that ask for a favour.
const REQUEST_CLOSINGS: Wordlist = Wordlist(
    "please|pls|plz|will you|would you|can you|could you|if you can|if you could|\
     if you don't mind|when you can|when you have time",
);

/// Closings that carry no meaning.
const FILLER_CLOSINGS: Wordlist = Wordlist(
    "for me|ok|okay|alright|, thanks a lot|, thanks|, thank you|, thx|right now|as well|too|\
     again ,",
);

/// Openings after which nothing is an order.
const HYPOTHETICAL_OPENINGS: Wordlist = Wordlist(
    "should i|should we|should|shall i|shall we|can i|may i|could i|might|do i|do you|did i|\
     did you|does|did|have i|have you|has|am i|is|are|was|were|what|what's|whats|how|how's|why|\
     who|who's|when|where|where's|which|whether|if|unless|suppose|supposing|imagine|pretend|\
     hypothetically|in case|would it|will it|would that|assuming|maybe|perhaps|i wonder|\
     i might|i may|i wish|i was going to|i could|i would|i'd|i think|i guess|i thought|\
     i was thinking|someday|say i|once|after i|before i|as soon as|i'm thinking|i am thinking|\
     i'm about to|thinking of|remember when|it would|would|will",
);

/// Openings that deny what follows.
const NEGATIONS: Wordlist = Wordlist(
    "don't|dont|do not|never|not|no|i don't|i dont|i do not|i didn't|i didnt|i did not|\
     i haven't|i havent|i have not|i won't|i will not|i can't|i cant|i cannot|i couldn't|\
     i wouldn't|i never|i'm not|i am not|i shouldn't|you shouldn't|you should not|you mustn't|\
     you must not|you don't|stop|avoid|refrain|without|neither|rather than|instead of|we don't|\
     we didn't|nobody|nothing|i wasn't|i hadn't|there's no need|there is no need|\
     under no circumstances|please don't|i refuse|by no means",
);

/// Verbs of somebody else's words: what follows them is a report.
const REPORTING_VERBS: Wordlist = Wordlist(
    "said|says|say|told|tells|asked|asks|wants|wanted|thinks|wrote|writes|wonders|suggested|\
     suggests",
);

/// An order without the politeness around it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stripped<'a> {
    /// What is left.
    pub(super) rest: Phrase<'a>,
    /// Whether it was asked as a favour: "can you …?" is an order, with or without question mark.
    pub(super) is_request: bool,
    /// Whether it is a wish: "I want to finish the report" does not mean that it is finished.
    pub(super) is_wish: bool,
}

/// Strips politeness and fillers from both ends; what consists of nothing else stays as it is.
pub(super) fn strip_politeness(phrase: Phrase<'_>) -> Stripped<'_> {
    let mut stripped = Stripped { rest: phrase.trim_marks(), is_request: false, is_wish: false };
    loop {
        let order = stripped.rest;
        if let Some(rest) = REQUEST_OPENINGS.strip_start(order) {
            (stripped.rest, stripped.is_request) = (rest, true);
        } else if let Some(rest) = FILLER_OPENINGS.strip_start(order) {
            stripped.rest = rest;
        } else if let Some(rest) = WISH_OPENINGS.strip_start(order) {
            (stripped.rest, stripped.is_wish) = (rest, true);
        } else if let Some(rest) = REQUEST_CLOSINGS.strip_end(order) {
            (stripped.rest, stripped.is_request) = (rest, true);
        } else if let Some(rest) = FILLER_CLOSINGS.strip_end(order) {
            stripped.rest = rest;
        } else {
            return stripped;
        }
    }
}

/// The mood of words that are no order themselves, if they tell how to take what follows.
pub(super) fn detect_modality(phrase: Phrase<'_>) -> Option<Modality> {
    let denies = |word: &str| word == "not" || word.ends_with("n't");
    if NEGATIONS.matches_start(phrase) {
        Some(Modality::Negated)
    } else if HYPOTHETICAL_OPENINGS.matches_start(phrase)
        || phrase.words().any(|word| REPORTING_VERBS.contains(word))
    {
        Some(Modality::Hypothetical)
    } else {
        phrase.words().any(denies).then_some(Modality::Negated)
    }
}

/// Whether the phrase is politeness and nothing else: "please", "ok so".
pub(super) fn is_filler(phrase: Phrase<'_>) -> bool {
    let words = phrase.trim_marks();
    [REQUEST_OPENINGS, FILLER_OPENINGS, REQUEST_CLOSINGS, FILLER_CLOSINGS]
        .iter()
        .any(|list| list.equals(words))
}
