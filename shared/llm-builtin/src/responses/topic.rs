//! Replies of commands that call no tool.

use crate::intent::Topic;

/// The question for a missing title. `followup` recognizes it by its text.
pub(crate) const TITLE_QUESTION: &str = "What should the new task be called?";

/// The help text.
const HELP: &str = "\
I keep your to-do list. For example, you can say:
- add buy milk tomorrow at 5pm with high priority #home
- remind me to call the dentist on friday
- show my list, what is overdue?, what's due this week?
- find tasks about milk, show task 4, how many tasks do I have?
- complete 1 and 2, I finished the report, reopen 3
- rename 2 to call Dr Lee, add a note to 2: ask for the invoice
- push the report to friday, make 2 high priority, tag 3 with #work
- delete the milk one
Several at once are fine: add call mom, complete 2, then show my list.";

/// The reply to a topic.
pub(super) fn topic_text(topic: Topic) -> &'static str {
    match topic {
        Topic::Help => HELP,
        Topic::Hello => "Hello! I keep your to-do list. Say \"help\" to see what I can do.",
        Topic::Thanks => "You're welcome!",
        Topic::Bye => "Goodbye!",
        Topic::Cancelled => "All right, I changed nothing.",
        Topic::NothingPending => "There is nothing waiting for an answer. What can I do for you?",
        Topic::Negated => "All right, I left your tasks as they are.",
        Topic::Hypothetical => {
            "I changed nothing, because that sounded like a question. To have something done, just \
             say it, for example \"complete 2\". Say \"help\" for more."
        }
        Topic::OtherUsers => "I can only see and change your own tasks.",
        Topic::NeedTitle => TITLE_QUESTION,
        Topic::NeedNewTitle => "What should it be called? For example: rename 3 to call Dr Lee.",
        Topic::NeedTask => "Which task? Please name it by its number or its title.",
        Topic::NeedDate => "To which date? For example: move 3 to friday.",
        Topic::NotCompleted => {
            "Good luck! Say \"complete\" and its number or title once it is done."
        }
        Topic::Unclear => {
            "I did not understand that, so I changed nothing. To put something on your list, say \
             \"add\" and what it is; say \"help\" to see what else I can do."
        }
    }
}

/// Whether the topic is left out if there is anything else to report.
pub(super) fn is_small_talk(topic: Topic) -> bool {
    use Topic::{Bye, Cancelled, Hello, NothingPending, Thanks};
    matches!(topic, Hello | Thanks | Bye | Cancelled | NothingPending)
}
