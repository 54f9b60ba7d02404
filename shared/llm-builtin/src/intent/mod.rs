//! The intents of a message, independent of their phrasing.

mod fields;

pub(super) use fields::{Filter, NewTask, Patch, Status};

/// One thing to do, and the words that asked for it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Command {
    /// What is to be done.
    pub(super) intent: Intent,
    /// The user's words for it.
    pub(super) source: String,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Intent {
    Add(Vec<NewTask>),
    List(Listing),
    Change(Action, Target),
    /// Nothing: only an answer.
    Respond(Topic),
}

/// Which tasks to list, and how to show them.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Listing {
    /// Which tasks.
    pub(super) filter: Filter,
    /// How they are shown.
    pub(super) view: View,
}

/// How a list is shown.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) enum View {
    #[default]
    List,
    /// How many there are.
    Count,
    /// Only these tasks, with everything about them.
    Details(Vec<u64>),
}

/// What happens to existing tasks.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Action {
    Complete,
    Reopen,
    Delete,
    Update(Patch),
}

/// The tasks that a change is for.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Target {
    Named(Vec<Reference>),
    /// Every task that the filter finds: done only after a "yes".
    Matching(Filter),
}

/// How a task was named.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Reference {
    Number(u64),
    Title(String),
    /// Words that are one title, or several joined by "and": both are tried, in this order.
    JoinedTitles(String, Vec<String>),
    /// The task at this place of the list shown last; negative counts from its end.
    Ordinal(i64),
    /// The one task spoken of last.
    It,
    /// All tasks spoken of last.
    Them,
}

/// What to answer when there is nothing to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Topic {
    Help,
    Hello,
    Thanks,
    Bye,
    /// "Never mind".
    Cancelled,
    /// "Yes" to nothing.
    NothingPending,
    /// A change that was denied: "don't delete 1".
    Negated,
    /// A change that was only asked about: "should I delete 1?".
    Hypothetical,
    /// Tasks of somebody else.
    OtherUsers,
    NeedTitle,
    NeedNewTitle,
    NeedTask,
    NeedDate,
    /// A task is to be finished, not is finished: "I need to complete 3".
    NotCompleted,
    Unclear,
}
