//! Rules for greetings, help and other messages that need no tool.

use super::{Rule, imperative, verbless};
use crate::date::Now;
use crate::intent::{Intent, Topic};
use crate::pattern::Captures;

/// Rules in matching order.
pub(super) const RULES: &[Rule] = &[
    imperative("help|commands|usage|examples|instructions|?", help_topic),
    imperative("help me [please|out]", help_topic),
    imperative("i need help", help_topic),
    imperative("what can you|i do|ask|say [for_me|here|with_you]", help_topic),
    imperative(
        "what|how [do|can|are|is] you|this|it|i do|work|help|use_this|use_you|your_commands",
        help_topic,
    ),
    imperative(
        "how do|can|would|should|to i|you|we|add|delete|complete|use|create <anything>",
        help_topic,
    ),
    imperative("who|what are you", help_topic),
    imperative(
        "hello|hi|hey|greetings|yo|howdy [there|again|tandem|assistant|everyone]",
        hello_topic,
    ),
    imperative("good morning|afternoon|evening|day [tandem]", hello_topic),
    imperative(
        "thanks|thank_you|thx|cheers|ty|thank_u [a_lot|so_much|very_much|again|tandem]",
        thanks_topic,
    ),
    imperative("many thanks", thanks_topic),
    imperative(
        "great|perfect|nice|awesome|cool|excellent|wonderful|good|lovely [job|work|one|thanks]",
        thanks_topic,
    ),
    imperative("well done", thanks_topic),
    imperative("bye|goodbye|good_night|see_you|ciao [later|tandem|soon]", bye_topic),
    imperative(
        "never_mind|nevermind|nvm|forget_it|cancel|cancel_that|stop|abort|no|nope|no_thanks",
        cancelled_topic,
    ),
    imperative(
        "no_thank_you|leave_it|forget_about_it|don't|don't_do_it|none|neither|none_of_them",
        cancelled_topic,
    ),
    verbless(
        "yes|yep|yeah|y|sure|ok|okay|confirm|go_ahead|do_it|alright|absolutely",
        nothing_pending,
    ),
];

fn respond_with(topic: Topic) -> Option<Intent> {
    Some(Intent::Respond(topic))
}

fn help_topic(_: &Captures<'_>, _: &Now) -> Option<Intent> {
    respond_with(Topic::Help)
}

fn hello_topic(_: &Captures<'_>, _: &Now) -> Option<Intent> {
    respond_with(Topic::Hello)
}

fn thanks_topic(_: &Captures<'_>, _: &Now) -> Option<Intent> {
    respond_with(Topic::Thanks)
}

fn bye_topic(_: &Captures<'_>, _: &Now) -> Option<Intent> {
    respond_with(Topic::Bye)
}

fn cancelled_topic(_: &Captures<'_>, _: &Now) -> Option<Intent> {
    respond_with(Topic::Cancelled)
}

fn nothing_pending(_: &Captures<'_>, _: &Now) -> Option<Intent> {
    respond_with(Topic::NothingPending)
}
