//! Talk about the assistant itself.

use super::{Rule, bare, plain};
use crate::command::{Deed, Topic};
use crate::date::Now;
use crate::pattern::Captures;

/// The rules, in the order in which they are tried.
pub(super) const RULES: &[Rule] = &[
    plain("help|commands|usage|examples|instructions|?", help),
    plain("help me [please|out]", help),
    plain("i need help", help),
    plain("what can you|i do|ask|say [for_me|here|with_you]", help),
    plain(
        "what|how [do|can|are|is] you|this|it|i do|work|help|use_this|use_you|your_commands",
        help,
    ),
    plain("how do|can|would|should|to i|you|we|add|delete|complete|use|create <anything>", help),
    plain("who|what are you", help),
    plain("hello|hi|hey|greetings|yo|howdy [there|again|tandem|assistant|everyone]", hello),
    plain("good morning|afternoon|evening|day [tandem]", hello),
    plain("thanks|thank_you|thx|cheers|ty|thank_u [a_lot|so_much|very_much|again|tandem]", thanks),
    plain("many thanks", thanks),
    plain(
        "great|perfect|nice|awesome|cool|excellent|wonderful|good|lovely [job|work|one|thanks]",
        thanks,
    ),
    plain("well done", thanks),
    plain("bye|goodbye|good_night|see_you|ciao [later|tandem|soon]", bye),
    plain(
        "never_mind|nevermind|nvm|forget_it|cancel|cancel_that|stop|abort|no|nope|no_thanks",
        dropped,
    ),
    plain(
        "no_thank_you|leave_it|forget_about_it|don't|don't_do_it|none|neither|none_of_them",
        dropped,
    ),
    bare("yes|yep|yeah|y|sure|ok|okay|confirm|go_ahead|do_it|alright|absolutely", nothing_pending),
];

fn say(topic: Topic) -> Option<Deed> {
    Some(Deed::Say(topic))
}

fn help(_: &Captures<'_>, _: &Now) -> Option<Deed> {
    say(Topic::Help)
}

fn hello(_: &Captures<'_>, _: &Now) -> Option<Deed> {
    say(Topic::Hello)
}

fn thanks(_: &Captures<'_>, _: &Now) -> Option<Deed> {
    say(Topic::Thanks)
}

fn bye(_: &Captures<'_>, _: &Now) -> Option<Deed> {
    say(Topic::Bye)
}

fn dropped(_: &Captures<'_>, _: &Now) -> Option<Deed> {
    say(Topic::Dropped)
}

fn nothing_pending(_: &Captures<'_>, _: &Now) -> Option<Deed> {
    say(Topic::NothingPending)
}
