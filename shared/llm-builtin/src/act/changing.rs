//! Changes existing tasks.

use super::finding::{Chosen, Found, usual_status};
use super::{Flow, Scene, is_error, mention};
use crate::arguments::{self, LARGEST_LIST};
use crate::command::{Action, Filter, Reference, Status, Target};
use crate::run::{Asked, MOST_CALLS};
use crate::wording;

impl<'a> Scene<'_, 'a> {
    /// Does the action to its target; breaks while the target has yet to be looked up.
    pub(super) fn change(&mut self, action: &Action, target: &Target, said: &str) -> Flow {
        let found = match target {
            Target::Named(references) => self.named(references, action),
            Target::Matching(filter) => vec![self.matching(filter, action)],
        };
        if found.iter().any(|found| matches!(found, Found::Pending)) {
            return Flow::Break(());
        }
        let mut chosen: Vec<Chosen> = Vec::new();
        for found in found {
            match found {
                Found::Tasks(tasks) => chosen.extend(tasks),
                Found::Nothing(line) => self.say(line),
                Found::Pending | Found::NoRoom => self.leave(said),
            }
        }
        let bulk = matches!(target, Target::Matching(_)) || is_plural(target) && chosen.len() > 1;
        if bulk && *action == Action::Delete && !chosen.is_empty() {
            // Deleting many at once needs a "yes": what is listed here is what it will be done to.
            self.say(wording::confirm(&chosen_lines(&chosen), MOST_CALLS));
        } else {
            self.each(action, chosen);
        }
        Flow::Continue(())
    }

    fn named(&mut self, references: &[Reference], action: &Action) -> Vec<Found> {
        references.iter().map(|reference| self.find(reference, action)).collect()
    }

    fn matching(&mut self, filter: &Filter, action: &Action) -> Found {
        let usual = match action {
            Action::Update(_) => Status::Pending,
            _ => usual_status(action),
        };
        let limit = Some(LARGEST_LIST);
        let filter = Filter { status: filter.status.or(Some(usual)), limit, ..filter.clone() };
        match self.query(&filter) {
            Ok((tasks, _)) if tasks.is_empty() => Found::Nothing(wording::none_match(&filter)),
            Ok((tasks, _)) => Found::Tasks(tasks.into_iter().map(Chosen::listed).collect()),
            Err(found) => found,
        }
    }

    fn each(&mut self, action: &Action, chosen: Vec<Chosen>) {
        let mut changed = Vec::new();
        let mut numbers: Vec<u64> = Vec::new();
        for task in chosen {
            if numbers.contains(&task.number) {
                continue;
            }
            numbers.push(task.number);
            match self.act(action, &task) {
                Asked::Answer(answer) if is_error(answer) => {
                    self.say(wording::failed(&wording::changing(action, task.number), answer));
                }
                Asked::Answer(answer) => {
                    self.say(wording::changed(action, answer, self.now));
                    changed.extend(mention(answer));
                }
                Asked::Pending => {}
                Asked::NoRoom => self.leave(&wording::left_over(action, task.number)),
            }
        }
        if !numbers.is_empty() {
            self.run.mention(changed);
        }
    }

    fn act(&mut self, action: &Action, task: &Chosen) -> Asked<'a> {
        match action {
            Action::Complete => self.run.ask("complete_task", arguments::task(task.number)),
            Action::Reopen => self.run.ask("reopen_task", arguments::task(task.number)),
            Action::Delete => self.run.ask("delete_task", arguments::task(task.number)),
            Action::Update(patch) => {
                let described = task.description.as_deref();
                self.run.ask("update_task", arguments::update(task.number, patch, described))
            }
        }
    }
}

fn is_plural(target: &Target) -> bool {
    matches!(target, Target::Named(references) if references.contains(&Reference::Them))
}

fn chosen_lines(chosen: &[Chosen]) -> Vec<String> {
    chosen.iter().map(|task| wording::option(task.number, &task.title)).collect()
}
