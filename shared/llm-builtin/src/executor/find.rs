//! Finds the tasks that a reference means.

use super::{Executor, is_tool_error};
use crate::arguments::{self, MAX_LISTED_TASKS};
use crate::call_replay::{CallOutcome, TaskMention};
use crate::intent::{Action, Filter, Patch, Reference, Status};
use crate::listed_task::{self, ListedTask};
use crate::responses;

/// The outcome of a task lookup.
#[derive(Debug)]
pub(super) enum Lookup {
    Tasks(Vec<SelectedTask>),
    /// No task to change; holds the message for the user.
    Explained(String),
    /// Waits for a tool result.
    Pending,
    /// The turn is at its call limit.
    LimitReached,
}

/// A task that an action applies to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SelectedTask {
    pub(super) number: u64,
    /// Empty if only the number is known.
    pub(super) title: String,
    /// The current description, if the task was listed.
    pub(super) description: Option<String>,
}

impl Executor<'_, '_> {
    /// Looks up the tasks of a reference.
    pub(super) fn find_tasks(&mut self, reference: &Reference, action: &Action) -> Lookup {
        match reference {
            Reference::Number(number) if adds_note(action) => self.find_with_description(*number),
            Reference::Number(number) => Lookup::Tasks(vec![SelectedTask::from_number(*number)]),
            Reference::Title(title) => self.find_titled(title, action),
            Reference::JoinedTitles(whole, parts) => self.find_joined_titles(whole, parts, action),
            Reference::Ordinal(position) => self.find_recent(|tasks| mention_at(tasks, *position)),
            Reference::It => self.find_recent(only_mention),
            Reference::Them => self.find_recent(<[TaskMention]>::to_vec),
        }
    }

    fn find_recent(&self, choose: impl Fn(&[TaskMention]) -> Vec<TaskMention>) -> Lookup {
        let Some(tasks) = self.replay.recent_mentions() else {
            return Lookup::Pending;
        };
        let chosen: Vec<SelectedTask> =
            choose(tasks).into_iter().map(SelectedTask::from_mention).collect();
        if chosen.is_empty() {
            Lookup::Explained(responses::UNCLEAR_REFERENCE.to_owned())
        } else {
            Lookup::Tasks(chosen)
        }
    }

    /// Lists the task first: a note is appended to its description.
    fn find_with_description(&mut self, number: u64) -> Lookup {
        let (tasks, more) = match self.list_matching(&all_tasks_filter()) {
            Ok(listed) => listed,
            Err(found) => return found,
        };
        match tasks.into_iter().find(|task| task.number == number) {
            Some(task) => Lookup::Tasks(vec![SelectedTask::from_listed(task)]),
            None if more => Lookup::Explained(responses::unknown_number_message(number, more)),
            None => Lookup::Tasks(vec![SelectedTask::from_number(number)]),
        }
    }

    /// Lists the tasks of the filter; the flag is whether there are more.
    pub(super) fn list_matching(
        &mut self,
        filter: &Filter,
    ) -> Result<(Vec<ListedTask>, bool), Lookup> {
        match self.replay.request_call("list_tasks", arguments::list_tasks_arguments(filter)) {
            CallOutcome::Finished(result) if is_tool_error(result) => {
                Err(Lookup::Explained(responses::failure_message(responses::LIST_ACTION, result)))
            }
            CallOutcome::Finished(result) => {
                Ok((listed_task::parse_task_list(result), result["more"] == true))
            }
            CallOutcome::Pending => Err(Lookup::Pending),
            CallOutcome::LimitReached => Err(Lookup::LimitReached),
        }
    }
}

impl SelectedTask {
    fn from_number(number: u64) -> Self {
        Self { number, title: String::new(), description: None }
    }

    fn from_mention(task: TaskMention) -> Self {
        Self { number: task.number, title: task.title, description: None }
    }

    pub(super) fn from_listed(task: ListedTask) -> Self {
        Self { number: task.number, title: task.title, description: task.description }
    }
}

/// The status in which an action looks for its tasks by default.
pub(super) fn usual_status(action: &Action) -> Status {
    match action {
        Action::Complete => Status::Pending,
        Action::Reopen => Status::Completed,
        Action::Delete | Action::Update(_) => Status::All,
    }
}

/// The filter for tasks of every status, as many as one list holds.
pub(super) fn all_tasks_filter() -> Filter {
    Filter { status: Some(Status::All), limit: Some(MAX_LISTED_TASKS), ..Filter::default() }
}

fn adds_note(action: &Action) -> bool {
    matches!(action, Action::Update(Patch { note: Some(_), .. }))
}

fn only_mention(tasks: &[TaskMention]) -> Vec<TaskMention> {
    if tasks.len() == 1 { tasks.to_vec() } else { Vec::new() }
}

/// The mention at a one-based position; negative positions count from the end.
fn mention_at(tasks: &[TaskMention], position: i64) -> Vec<TaskMention> {
    let count = i64::try_from(tasks.len()).unwrap_or(i64::MAX);
    let index = if position < 0 { count + position } else { position - 1 };
    let task = usize::try_from(index).ok().and_then(|index| tasks.get(index));
    task.into_iter().cloned().collect()
}
