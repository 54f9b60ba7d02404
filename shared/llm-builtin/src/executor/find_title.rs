//! Finds tasks by title. Several matches, or none, are reported instead of guessed.

use super::Executor;
use super::find::{Lookup, SelectedTask, all_tasks_filter, usual_status};
use crate::intent::{Action, Filter};
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
                let question = responses::ambiguous_title_question(whole, &tasks, self.now);
                return Lookup::Explained(question);
            }
            TitleMatch::None => {}
        }
        self.find_each_title(parts, action)
    }

    /// Finds the tasks of all titles; reports the titles without a task if others have one.
    fn find_each_title(&mut self, titles: &[String], action: &Action) -> Lookup {
        let found: Vec<Lookup> =
            titles.iter().map(|title| self.find_titled(title, action)).collect();
        let mut chosen = Vec::new();
        let mut problems = Vec::new();
        for lookup in found {
            match lookup {
                Lookup::Tasks(tasks) => chosen.extend(tasks),
                Lookup::Explained(problem) => problems.push(problem),
                Lookup::Pending | Lookup::LimitReached => return lookup,
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
        let (tasks, _) = match self.list_matching(&all_tasks_filter()) {
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
        let similar = title_match::similar_tasks(tasks, title);
        Lookup::Explained(responses::no_match_message(title, &similar, self.now))
    }

    /// Lists candidates for a title, in the default status of the action.
    fn search_title(&mut self, title: &str, action: &Action) -> Result<Vec<ListedTask>, Lookup> {
        let status = Some(usual_status(action));
        let query = Some(title.to_owned());
        self.list_matching(&Filter { status, query, ..Filter::default() }).map(|(tasks, _)| tasks)
    }
}
