//! Finds the tasks that were named, without ever guessing.

use super::{Executor, is_tool_error};
use crate::arguments::{self, MAX_LISTED_TASKS};
use crate::call_replay::{CallOutcome, TaskMention};
use crate::command::{Action, Filter, Patch, Reference, Status};
use crate::resolve::{self, ListedTask, TitleMatch};
use crate::responses;

/// What came of looking for a task.
#[derive(Debug)]
pub(super) enum Lookup {
    Tasks(Vec<SelectedTask>),
    /// Nothing that can be acted on: what to say instead.
    Explained(String),
    /// A call has to answer first.
    Pending,
    /// The turn may make no more calls.
    LimitReached,
}

/// A task to act on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SelectedTask {
    /// Its number.
    pub(super) number: u64,
    /// Its title; empty where only the number is known.
    pub(super) title: String,
    /// The description that it has, where that was looked up.
    pub(super) description: Option<String>,
}

impl Executor<'_, '_> {
    /// The tasks that a reference names.
    pub(super) fn find_tasks(&mut self, reference: &Reference, action: &Action) -> Lookup {
        match reference {
            Reference::Number(number) if adds_note(action) => self.find_with_description(*number),
            Reference::Number(number) => Lookup::Tasks(vec![SelectedTask::from_number(*number)]),
            Reference::Title(title) => self.find_titled(title, action),
            Reference::JoinedTitles(whole, parts) => self.find_joined_titles(whole, parts, action),
            Reference::Ordinal(place) => self.find_recent(|tasks| mention_at(tasks, *place)),
            Reference::It => self.find_recent(|tasks| match tasks {
                [task] => vec![task.clone()],
                _ => Vec::new(),
            }),
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

    /// A note goes below the description, so that has to be known.
    fn find_with_description(&mut self, number: u64) -> Lookup {
        let everything = Filter {
            status: Some(Status::All),
            limit: Some(MAX_LISTED_TASKS),
            ..Filter::default()
        };
        let (tasks, more) = match self.list_matching(&everything) {
            Ok(listed) => listed,
            Err(found) => return found,
        };
        match tasks.into_iter().find(|task| task.number == number) {
            Some(task) => Lookup::Tasks(vec![SelectedTask::from_listed(task)]),
            None if more => Lookup::Explained(responses::unknown_number_message(number, more)),
            None => Lookup::Tasks(vec![SelectedTask::from_number(number)]),
        }
    }

    fn find_titled(&mut self, title: &str, action: &Action) -> Lookup {
        let tasks = match self.search_title(title, action) {
            Ok(tasks) => tasks,
            Err(found) => return found,
        };
        match resolve::match_title(tasks, title) {
            TitleMatch::One(task) => Lookup::Tasks(vec![SelectedTask::from_listed(task)]),
            TitleMatch::Several(tasks) => {
                Lookup::Explained(responses::ambiguous_title_question(title, &tasks, self.now))
            }
            TitleMatch::None => self.find_in_any_status(title, action),
        }
    }

    /// "Salt and pepper" may be one title or two.
    fn find_joined_titles(&mut self, whole: &str, parts: &[String], action: &Action) -> Lookup {
        let tasks = match self.search_title(whole, action) {
            Ok(tasks) => tasks,
            Err(found) => return found,
        };
        match resolve::match_title(tasks, whole) {
            TitleMatch::One(task) => return Lookup::Tasks(vec![SelectedTask::from_listed(task)]),
            TitleMatch::Several(tasks) => {
                return Lookup::Explained(responses::ambiguous_title_question(
                    whole, &tasks, self.now,
                ));
            }
            TitleMatch::None => {}
        }
        let found: Vec<Lookup> = parts.iter().map(|part| self.find_titled(part, action)).collect();
        let mut chosen = Vec::new();
        let mut problems = Vec::new();
        for part in found {
            match part {
                Lookup::Tasks(tasks) => chosen.extend(tasks),
                Lookup::Explained(problem) => problems.push(problem),
                Lookup::Pending | Lookup::LimitReached => return part,
            }
        }
        if chosen.is_empty() {
            return Lookup::Explained(problems.join("\n"));
        }
        self.report.lines.extend(problems);
        Lookup::Tasks(chosen)
    }

    /// No task of the expected status has this title: looks among all tasks for what was meant.
    fn find_in_any_status(&mut self, title: &str, action: &Action) -> Lookup {
        let everything = Filter {
            status: Some(Status::All),
            limit: Some(MAX_LISTED_TASKS),
            ..Filter::default()
        };
        let (tasks, _) = match self.list_matching(&everything) {
            Ok(listed) => listed,
            Err(found) => return found,
        };
        if let TitleMatch::One(task) = resolve::match_title(tasks.clone(), title) {
            let settled = match action {
                Action::Complete => task.completed,
                Action::Reopen => !task.completed,
                Action::Delete | Action::Update(_) => false,
            };
            if settled {
                return Lookup::Explained(responses::unchanged_status_message(&task));
            }
            return Lookup::Tasks(vec![SelectedTask::from_listed(task)]);
        }
        Lookup::Explained(responses::no_match_message(
            title,
            &resolve::similar_tasks(tasks, title),
            self.now,
        ))
    }

    /// The tasks whose words fit the title.
    fn search_title(&mut self, title: &str, action: &Action) -> Result<Vec<ListedTask>, Lookup> {
        let status = Some(usual_status(action));
        let query = Some(title.to_owned());
        self.list_matching(&Filter { status, query, ..Filter::default() }).map(|(tasks, _)| tasks)
    }

    /// The tasks of the filter, and whether there are more.
    pub(super) fn list_matching(
        &mut self,
        filter: &Filter,
    ) -> Result<(Vec<ListedTask>, bool), Lookup> {
        match self.replay.request_call("list_tasks", arguments::list_tasks_arguments(filter)) {
            CallOutcome::Finished(answer) if is_tool_error(answer) => {
                Err(Lookup::Explained(responses::failure_message(responses::LIST_ACTION, answer)))
            }
            CallOutcome::Finished(answer) => {
                Ok((resolve::parse_task_list(answer), answer["more"] == true))
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

    /// A task of a list.
    pub(super) fn from_listed(task: ListedTask) -> Self {
        Self { number: task.number, title: task.title, description: task.description }
    }
}

/// The status that the tasks of an action have where nothing else is said.
pub(super) fn usual_status(action: &Action) -> Status {
    match action {
        Action::Complete => Status::Pending,
        Action::Reopen => Status::Completed,
        Action::Delete | Action::Update(_) => Status::All,
    }
}

fn adds_note(action: &Action) -> bool {
    matches!(action, Action::Update(Patch { note: Some(_), .. }))
}

fn mention_at(tasks: &[TaskMention], place: i64) -> Vec<TaskMention> {
    let count = i64::try_from(tasks.len()).unwrap_or(i64::MAX);
    let index = if place < 0 { count + place } else { place - 1 };
    let task = usize::try_from(index).ok().and_then(|index| tasks.get(index));
    task.into_iter().cloned().collect()
}
