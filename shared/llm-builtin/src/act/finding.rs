//! Finds the tasks that were named, without ever guessing.

use super::{Scene, is_error};
use crate::arguments::{self, LARGEST_LIST};
use crate::command::{Action, Filter, Patch, Reference, Status};
use crate::resolve::{self, Listed, Meaning};
use crate::run::{Asked, Mention};
use crate::wording;

/// What came of looking for a task.
#[derive(Debug)]
pub(super) enum Found {
    Tasks(Vec<Chosen>),
    /// Nothing that can be acted on: what to say instead.
    Nothing(String),
    /// A call has to answer first.
    Pending,
    /// The turn may make no more calls.
    NoRoom,
}

/// A task to act on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Chosen {
    /// Its number.
    pub(super) number: u64,
    /// Its title; empty where only the number is known.
    pub(super) title: String,
    /// The description that it has, where that was looked up.
    pub(super) description: Option<String>,
}

impl Scene<'_, '_> {
    /// The tasks that a reference names.
    pub(super) fn find(&mut self, reference: &Reference, action: &Action) -> Found {
        match reference {
            Reference::Number(number) if noted(action) => self.with_description(*number),
            Reference::Number(number) => Found::Tasks(vec![Chosen::numbered(*number)]),
            Reference::Title(title) => self.titled(title, action),
            Reference::Joined(whole, parts) => self.joined(whole, parts, action),
            Reference::Place(place) => self.spoken_of(|tasks| at(tasks, *place)),
            Reference::It => self.spoken_of(|tasks| match tasks {
                [task] => vec![task.clone()],
                _ => Vec::new(),
            }),
            Reference::Them => self.spoken_of(<[Mention]>::to_vec),
        }
    }

    fn spoken_of(&self, choose: impl Fn(&[Mention]) -> Vec<Mention>) -> Found {
        let Some(tasks) = self.run.recent() else {
            return Found::Pending;
        };
        let chosen: Vec<Chosen> = choose(tasks).into_iter().map(Chosen::mentioned).collect();
        if chosen.is_empty() {
            Found::Nothing(wording::WHICH_NUMBER.to_owned())
        } else {
            Found::Tasks(chosen)
        }
    }

    /// A note goes below the description, so that has to be known.
    fn with_description(&mut self, number: u64) -> Found {
        let everything =
            Filter { status: Some(Status::All), limit: Some(LARGEST_LIST), ..Filter::default() };
        let (tasks, more) = match self.query(&everything) {
            Ok(listed) => listed,
            Err(found) => return found,
        };
        match tasks.into_iter().find(|task| task.number == number) {
            Some(task) => Found::Tasks(vec![Chosen::listed(task)]),
            None if more => Found::Nothing(wording::no_such_number(number, more)),
            None => Found::Tasks(vec![Chosen::numbered(number)]),
        }
    }

    fn titled(&mut self, title: &str, action: &Action) -> Found {
        let tasks = match self.search(title, action) {
            Ok(tasks) => tasks,
            Err(found) => return found,
        };
        match resolve::meaning(tasks, title) {
            Meaning::One(task) => Found::Tasks(vec![Chosen::listed(task)]),
            Meaning::Several(tasks) => Found::Nothing(wording::which(title, &tasks, self.now)),
            Meaning::Nothing => self.missing(title, action),
        }
    }

    /// "Salt and pepper" may be one title or two.
    fn joined(&mut self, whole: &str, parts: &[String], action: &Action) -> Found {
        let tasks = match self.search(whole, action) {
            Ok(tasks) => tasks,
            Err(found) => return found,
        };
        match resolve::meaning(tasks, whole) {
            Meaning::One(task) => return Found::Tasks(vec![Chosen::listed(task)]),
            Meaning::Several(tasks) => {
                return Found::Nothing(wording::which(whole, &tasks, self.now));
            }
            Meaning::Nothing => {}
        }
        let found: Vec<Found> = parts.iter().map(|part| self.titled(part, action)).collect();
        let mut chosen = Vec::new();
        let mut problems = Vec::new();
        for part in found {
            match part {
                Found::Tasks(tasks) => chosen.extend(tasks),
                Found::Nothing(problem) => problems.push(problem),
                Found::Pending | Found::NoRoom => return part,
            }
        }
        if chosen.is_empty() {
            return Found::Nothing(problems.join("\n"));
        }
        self.report.lines.extend(problems);
        Found::Tasks(chosen)
    }

    /// No task of the expected status has this title: looks among all tasks for what was meant.
    fn missing(&mut self, title: &str, action: &Action) -> Found {
        let everything =
            Filter { status: Some(Status::All), limit: Some(LARGEST_LIST), ..Filter::default() };
        let (tasks, _) = match self.query(&everything) {
            Ok(listed) => listed,
            Err(found) => return found,
        };
        if let Meaning::One(task) = resolve::meaning(tasks.clone(), title) {
            let settled = match action {
                Action::Complete => task.completed,
                Action::Reopen => !task.completed,
                Action::Delete | Action::Update(_) => false,
            };
            if settled {
                return Found::Nothing(wording::settled(&task));
            }
            return Found::Tasks(vec![Chosen::listed(task)]);
        }
        Found::Nothing(wording::no_match(title, &resolve::near(tasks, title), self.now))
    }

    /// The tasks whose words fit the title.
    fn search(&mut self, title: &str, action: &Action) -> Result<Vec<Listed>, Found> {
        let status = Some(usual_status(action));
        let query = Some(title.to_owned());
        self.query(&Filter { status, query, ..Filter::default() }).map(|(tasks, _)| tasks)
    }

    /// The tasks of the filter, and whether there are more.
    pub(super) fn query(&mut self, filter: &Filter) -> Result<(Vec<Listed>, bool), Found> {
        match self.run.ask("list_tasks", arguments::list(filter)) {
            Asked::Answer(answer) if is_error(answer) => {
                Err(Found::Nothing(wording::failed(wording::LISTING, answer)))
            }
            Asked::Answer(answer) => Ok((resolve::listed(answer), answer["more"] == true)),
            Asked::Pending => Err(Found::Pending),
            Asked::NoRoom => Err(Found::NoRoom),
        }
    }
}

impl Chosen {
    fn numbered(number: u64) -> Self {
        Self { number, title: String::new(), description: None }
    }

    fn mentioned(task: Mention) -> Self {
        Self { number: task.number, title: task.title, description: None }
    }

    /// A task of a list.
    pub(super) fn listed(task: Listed) -> Self {
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

fn noted(action: &Action) -> bool {
    matches!(action, Action::Update(Patch { note: Some(_), .. }))
}

fn at(tasks: &[Mention], place: i64) -> Vec<Mention> {
    let count = i64::try_from(tasks.len()).unwrap_or(i64::MAX);
    let index = if place < 0 { count + place } else { place - 1 };
    let task = usize::try_from(index).ok().and_then(|index| tasks.get(index));
    task.into_iter().cloned().collect()
}
