//! Finds tasks by title. Several matches, or none, are reported instead of guessed.

use super::Executor;
use super::find::{Lookup, SelectedTask, usual_status};
use crate::arguments::MAX_LISTED_TASKS;
use crate::intent::{Action, Filter, Status};
use crate::listed_task::ListedTask;
use crate::responses;
use crate::title_match::{self, TitleMatch};

impl Executor<'_, '_> {
    /// The tasks that a title refers to.
    pub(super) fn find_titled(&mut self, title: &str, action: &Action) -> Lookup {
        let tasks = match self.search_title(title, action) {
            Ok(tasks) => tasks,
            Err(found) => return found,
        };
        match title_match::match_title(tasks, title) {
            TitleMatch::One(task) => Lookup::Tasks(vec![SelectedTask::from_listed(task)]),
            TitleMatch::Several(tasks) => {
                Lookup::Explained(responses::ambiguous_title_question(title, &tasks, self.now))
            }
            TitleMatch::None => self.find_in_any_status(title, action),
        }
    }

    /// Tries the whole text as one title, then each part: "salt and pepper" may be one task or two.
    pub(super) fn find_joined_titles(
        &mut self,
        whole: &str,
        parts: &[String],
        action: &Action,
    ) -> Lookup {
        let tasks = match self.search_title(whole, action) {
            Ok(tasks) => tasks,
            Err(found) => return found,
        };
        match title_match::match_title(tasks, whole) {
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

    /// Looks in every status after no task of the expected status matched.
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
        if let TitleMatch::One(task) = title_match::match_title(tasks.clone(), title) {
            let is_unchanged = match action {
                Action::Complete => task.completed,
                Action::Reopen => !task.completed,
                Action::Delete | Action::Update(_) => false,
            };
            if is_unchanged {
                return Lookup::Explained(responses::unchanged_status_message(&task));
            }
            return Lookup::Tasks(vec![SelectedTask::from_listed(task)]);
        }
        Lookup::Explained(responses::no_match_message(
            title,
            &title_match::similar_tasks(tasks, title),
            self.now,
        ))
    }

    /// Lists candidates for a title, in the default status of the action.
    fn search_title(&mut self, title: &str, action: &Action) -> Result<Vec<ListedTask>, Lookup> {
        let status = Some(usual_status(action));
        let query = Some(title.to_owned());
        self.list_matching(&Filter { status, query, ..Filter::default() }).map(|(tasks, _)| tasks)
    }
}
