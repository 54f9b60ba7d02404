//! Tells orders from what is only asked, denied or supposed, and strips what is mere politeness.

use super::phrase::Phrase;
use super::wordlist::Wordlist;

/// Why a sentence gives no order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mood {
    Denied,
    Asked,
}

/// Openings that ask for a favour.
const FAVOURS: Wordlist = Wordlist(
    "could you please|can you please|would you please|will you please|can you|could you|\
     would you|will you|can we|could we|can u|please|pls|plz|kindly|would you mind|\
     would you be so kind as to|i'd like you to|i would like you to|i want you to|\
     i need you to|go ahead and|feel free to|make sure to",
);

/// Openings that tell of a wish.
const WISHES: Wordlist = Wordlist(
    "i'd like to|i would like to|i want to|i wanna|let's|lets|let me|help me|i'd love to|\
     we want to|we'd like to",
);

/// Openings that carry no meaning: "hey", "ok", "now".
const FILLERS: Wordlist = Wordlist(
    "hey there|hi there|hey tandem|hi tandem|tandem|assistant|hey|hi|hello|ok so|ok|okay|\
     alright|right ,|well ,|so|um|uh|now|just|quickly|and|then|also|plus|but|next ,|first ,|\
     firstly|second ,|finally|lastly|afterwards|after that|oh|actually|instead|yes ,|yeah|\
     sure ,|know|tell me|let me know|do you know|i need to know|besides",
);

/// Closings that ask for a favour.
const KIND_CLOSINGS: Wordlist = Wordlist(
    "please|pls|plz|will you|would you|can you|could you|if you can|if you could|\
     if you don't mind|when you can|when you have time",
);

/// Closings that carry no meaning.
const CLOSINGS: Wordlist = Wordlist(
    "for me|ok|okay|alright|, thanks a lot|, thanks|, thank you|, thx|right now|as well|too|\
     again ,",
);

/// Openings after which nothing is an order.
const ASKING: Wordlist = Wordlist(
    "should i|should we|should|shall i|shall we|can i|may i|could i|might|do i|do you|did i|\
     did you|does|did|have i|have you|has|am i|is|are|was|were|what|what's|whats|how|how's|why|\
     who|who's|when|where|where's|which|whether|if|unless|suppose|supposing|imagine|pretend|\
     hypothetically|in case|would it|will it|would that|assuming|maybe|perhaps|i wonder|\
     i might|i may|i wish|i was going to|i could|i would|i'd|i think|i guess|i thought|\
     i was thinking|someday|say i|once|after i|before i|as soon as|i'm thinking|i am thinking|\
     i'm about to|thinking of|remember when|it would|would|will",
);

/// Openings that deny what follows.
const DENYING: Wordlist = Wordlist(
    "don't|dont|do not|never|not|no|i don't|i dont|i do not|i didn't|i didnt|i did not|\
     i haven't|i havent|i have not|i won't|i will not|i can't|i cant|i cannot|i couldn't|\
     i wouldn't|i never|i'm not|i am not|i shouldn't|you shouldn't|you should not|you mustn't|\
     you must not|you don't|stop|avoid|refrain|without|neither|rather than|instead of|we don't|\
     we didn't|nobody|nothing|i wasn't|i hadn't|there's no need|there is no need|\
     under no circumstances|please don't|i refuse|by no means",
);

/// Verbs of somebody else's words: what follows them is a report.
const REPORTING: Wordlist = Wordlist(
    "said|says|say|told|tells|asked|asks|wants|wanted|thinks|wrote|writes|wonders|suggested|\
     suggests",
);

/// An order without the politeness around it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stripped<'a> {
    /// What is left.
    pub(super) order: Phrase<'a>,
    /// Whether it was asked as a favour: "can you …?" is an order, with or without question mark.
    pub(super) favour: bool,
    /// Whether it is a wish: "I want to finish the report" does not mean that it is finished.
    pub(super) wish: bool,
}

/// Strips politeness and fillers from both ends; what consists of nothing else stays as it is.
pub(super) fn strip(phrase: Phrase<'_>) -> Stripped<'_> {
    let mut stripped = Stripped { order: phrase.trimmed(), favour: false, wish: false };
    loop {
        let order = stripped.order;
        if let Some(rest) = FAVOURS.off_start(order) {
            (stripped.order, stripped.favour) = (rest, true);
        } else if let Some(rest) = FILLERS.off_start(order) {
            stripped.order = rest;
        } else if let Some(rest) = WISHES.off_start(order) {
            (stripped.order, stripped.wish) = (rest, true);
        } else if let Some(rest) = KIND_CLOSINGS.off_end(order) {
            (stripped.order, stripped.favour) = (rest, true);
        } else if let Some(rest) = CLOSINGS.off_end(order) {
            stripped.order = rest;
        } else {
            return stripped;
        }
    }
}

/// The mood of words that are no order themselves, if they tell how to take what follows.
pub(super) fn of(phrase: Phrase<'_>) -> Option<Mood> {
    let denies = |word: &str| word == "not" || word.ends_with("n't");
    if DENYING.starts(phrase) {
        Some(Mood::Denied)
    } else if ASKING.starts(phrase) || phrase.words().any(|word| REPORTING.has(word)) {
        Some(Mood::Asked)
    } else {
        phrase.words().any(denies).then_some(Mood::Denied)
    }
}

/// Whether the phrase is politeness and nothing else: "please", "ok so".
pub(super) fn is_filler(phrase: Phrase<'_>) -> bool {
    let words = phrase.trimmed();
    [FAVOURS, FILLERS, KIND_CLOSINGS, CLOSINGS].iter().any(|list| list.is(words))
}
