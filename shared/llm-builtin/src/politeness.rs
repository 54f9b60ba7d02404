//! Strips polite phrases and fillers around a command: "could you please", "hey", "for me".

use crate::phrase::Phrase;
use crate::wordlist::Wordlist;

/// Openings of polite requests.
const REQUEST_OPENINGS: Wordlist = Wordlist(
    "could you please|can you please|would you please|will you please|can you|could you|\
     would you|will you|can we|could we|can u|please|pls|plz|kindly|would you mind|\
     would you be so kind as to|i'd like you to|i would like you to|i want you to|\
     i need you to|go ahead and|feel free to|make sure to",
);

/// Openings of wishes.
const WISH_OPENINGS: Wordlist = Wordlist(
    "i'd like to|i would like to|i want to|i wanna|let's|lets|let me|help me|i'd love to|\
     we want to|we'd like to",
);

/// Openings without meaning: "hey", "ok", "now".
const FILLER_OPENINGS: Wordlist = Wordlist(
    "hey there|hi there|hey tandem|hi tandem|tandem|assistant|hey|hi|hello|ok so|ok|okay|\
     alright|right ,|well ,|so|um|uh|now|just|quickly|and|then|also|plus|but|next ,|first ,|\
     firstly|second ,|finally|lastly|afterwards|after that|oh|actually|instead|yes ,|yeah|\
     sure ,|know|tell me|let me know|do you know|i need to know|besides",
);

/// Closings of polite requests.
const REQUEST_CLOSINGS: Wordlist = Wordlist(
    "please|pls|plz|will you|would you|can you|could you|if you can|if you could|\
     if you don't mind|when you can|when you have time",
);

/// Closings without meaning.
const FILLER_CLOSINGS: Wordlist = Wordlist(
    "for me|ok|okay|alright|, thanks a lot|, thanks|, thank you|, thx|right now|as well|too|\
     again ,",
);

/// A phrase without polite words around it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stripped<'a> {
    pub(super) rest: Phrase<'a>,
    /// Whether it was a polite request: "can you …?" is a command, despite its question mark.
    pub(super) is_request: bool,
    /// Whether it was a wish: "I want to finish the report" does not complete the task.
    pub(super) is_wish: bool,
}

/// Strips polite words and fillers at both ends; a phrase of nothing else is kept.
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

/// Whether the phrase consists of polite words or fillers only: "please", "ok so".
pub(super) fn is_filler(phrase: Phrase<'_>) -> bool {
    let words = phrase.trim_marks();
    [REQUEST_OPENINGS, FILLER_OPENINGS, REQUEST_CLOSINGS, FILLER_CLOSINGS]
        .iter()
        .any(|list| list.equals(words))
}
