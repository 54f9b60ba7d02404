//! The intents of a message, independent of their phrasing.

mod fields;

pub(super) use fields::{Filter, NewTask, Patch, Status};

/// An intent and its source text.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Command {
    pub(super) intent: Intent,
    /// The user's words, quoted in the reply if they are not executed.
    pub(super) source: String,
}

/// What a command requests.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Intent {
    Add(Vec<NewTask>),
    List(Listing),
    Change(Action, Target),
    /// Calls no tool, only replies.
    Respond(Topic),
}

/// A query of the list.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Listing {
    pub(super) filter: Filter,
    pub(super) view: View,
}

/// The form of the reply to a query.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) enum View {
    #[default]
    List,
    Count,
    /// All fields of the tasks with these numbers.
    Details(Vec<u64>),
}

/// A change of existing tasks.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Action {
    Complete,
    Reopen,
    Delete,
    Update(Patch),
}

/// The tasks that a change applies to.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Target {
    Named(Vec<Reference>),
    /// Every task that matches the filter. A deletion needs confirmation.
    Matching(Filter),
}

/// A reference to existing tasks.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Reference {
    Number(u64),
    Title(String),
    /// One title or several joined by "and": the whole text first, then its parts.
    JoinedTitles(String, Vec<String>),
    /// The position in the last reply, one-based; negative ones count from its end.
    Ordinal(i64),
    /// The only task of the last reply.
    It,
    /// All tasks of the last reply.
    Them,
}

/// The reply of a command that calls no tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Topic {
    Help,
    Hello,
    Thanks,
    Bye,
    /// "Never mind" cancels the question.
    Cancelled,
    /// "Yes" without a question before it.
    NothingPending,
    /// A negated change: "don't delete 1".
    Negated,
    /// A change in a question or condition: "should I delete 1?".
    Hypothetical,
    /// A request for tasks of other users.
    OtherUsers,
    NeedTitle,
    NeedNewTitle,
    NeedTask,
    NeedDate,
    /// A task that is still to be completed: "I need to complete 3".
    NotCompleted,
    Unclear,
}
