//! Completes, reopens, deletes and updates tasks.

use super::find::{Lookup, SelectedTask, usual_status};
use super::{Executor, Flow, is_tool_error, mention_of_result};
use crate::arguments::{MAX_LISTED_TASKS, task_number_arguments, update_task_arguments};
use crate::call_replay::{CallOutcome, MAX_CALLS};
use crate::intent::{Action, Filter, Reference, Status, Target};
use crate::responses;

impl<'a> Executor<'_, 'a> {
    /// Applies the action to its target; breaks while a lookup is pending.
    pub(super) fn change_tasks(&mut self, action: &Action, target: &Target, source: &str) -> Flow {
        let found = match target {
            Target::Named(references) => self.find_all(references, action),
            Target::Matching(filter) => vec![self.find_matching(filter, action)],
        };
        if found.iter().any(|found| matches!(found, Lookup::Pending)) {
            return Flow::Break(());
        }
        let mut chosen: Vec<SelectedTask> = Vec::new();
        for found in found {
            match found {
                Lookup::Tasks(tasks) => chosen.extend(tasks),
                Lookup::Explained(line) => self.push_line(line),
                Lookup::Pending | Lookup::LimitReached => self.push_unfinished(source),
            }
        }
        let bulk =
            matches!(target, Target::Matching(_)) || refers_to_several(target) && chosen.len() > 1;
        if bulk && *action == Action::Delete && !chosen.is_empty() {
            // A bulk deletion needs confirmation; the listed tasks are the ones that "yes" deletes.
            self.push_line(responses::deletion_question(&option_lines(&chosen), MAX_CALLS));
        } else {
            self.change_each(action, chosen);
        }
        Flow::Continue(())
    }

    fn find_all(&mut self, references: &[Reference], action: &Action) -> Vec<Lookup> {
        references.iter().map(|reference| self.find_tasks(reference, action)).collect()
    }

    fn find_matching(&mut self, filter: &Filter, action: &Action) -> Lookup {
        let usual = match action {
            Action::Update(_) => Status::Pending,
            _ => usual_status(action),
        };
        let limit = Some(MAX_LISTED_TASKS);
        let filter = Filter { status: filter.status.or(Some(usual)), limit, ..filter.clone() };
        match self.list_matching(&filter) {
            Ok((tasks, _)) if tasks.is_empty() => {
                Lookup::Explained(responses::no_tasks_message(&filter))
            }
            Ok((tasks, _)) => {
                Lookup::Tasks(tasks.into_iter().map(SelectedTask::from_listed).collect())
            }
            Err(found) => found,
        }
    }

    fn change_each(&mut self, action: &Action, chosen: Vec<SelectedTask>) {
        let mut changed = Vec::new();
        let mut numbers: Vec<u64> = Vec::new();
        for task in chosen {
            if numbers.contains(&task.number) {
                continue;
            }
            numbers.push(task.number);
            match self.request_change(action, &task) {
                CallOutcome::Finished(result) if is_tool_error(result) => {
                    let action = responses::change_action(action, task.number);
                    self.push_line(responses::failure_message(&action, result));
                }
                CallOutcome::Finished(result) => {
                    self.push_line(responses::changed_message(action, result, self.now));
                    changed.extend(mention_of_result(result));
                }
                CallOutcome::Pending => {}
                CallOutcome::LimitReached => {
                    self.push_unfinished(&responses::unfinished_change(action, task.number))
                }
            }
        }
        if !numbers.is_empty() {
            self.replay.set_recent_mentions(changed);
        }
    }

    fn request_change(&mut self, action: &Action, task: &SelectedTask) -> CallOutcome<'a> {
        let number = task.number;
        let (tool, arguments) = match action {
            Action::Complete => ("complete_task", task_number_arguments(number)),
            Action::Reopen => ("reopen_task", task_number_arguments(number)),
            Action::Delete => ("delete_task", task_number_arguments(number)),
            Action::Update(patch) => {
                let description = task.description.as_deref();
                ("update_task", update_task_arguments(number, patch, description))
            }
        };
        self.replay.request_call(tool, arguments)
    }
}

fn refers_to_several(target: &Target) -> bool {
    matches!(target, Target::Named(references) if references.contains(&Reference::Them))
}

fn option_lines(chosen: &[SelectedTask]) -> Vec<String> {
    chosen.iter().map(|task| responses::option_line(task.number, &task.title)).collect()
}
