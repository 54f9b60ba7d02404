//! Lists, counts and shows tasks.

use super::Executor;
use super::find::Lookup;
use crate::call_replay::TaskMention;
use crate::intent::{Filter, Listing, View};
use crate::listed_task::ListedTask;
use crate::responses;

impl Executor<'_, '_> {
    /// Reports the tasks of the filter in the requested view.
    pub(super) fn list_tasks(&mut self, listing: &Listing, source: &str) {
        let Listing { filter, view } = listing;
        let (tasks, more) = match self.list_matching(filter) {
            Ok(listed) => listed,
            Err(found) => return self.report_no_list(found, source),
        };
        if *view == View::List && tasks.is_empty() {
            return self.list_by_label(filter, source);
        }
        match view {
            View::List => {
                self.push_line(responses::task_list_message(&tasks, filter, more, self.now));
                self.replay.set_recent_mentions(tasks.into_iter().map(mention_of_task).collect());
            }
            View::Count => self.push_line(responses::task_count_message(tasks.len(), filter, more)),
            View::Details(numbers) => self.show_details(tasks, numbers, more),
        }
    }

    /// Tries a one-word query without matches as a label: "travel tasks".
    fn list_by_label(&mut self, filter: &Filter, source: &str) {
        let word = filter.query.as_ref().filter(|query| !query.contains(' '));
        let (Some(word), None) = (word, &filter.label) else {
            return self.push_line(responses::no_tasks_message(filter));
        };
        let label = Some(word.to_lowercase());
        let labelled = Filter { label, query: None, ..filter.clone() };
        match self.list_matching(&labelled) {
            Ok((tasks, _)) if tasks.is_empty() => {
                self.push_line(responses::no_tasks_message(filter))
            }
            Ok((tasks, more)) => {
                self.push_line(responses::task_list_message(&tasks, &labelled, more, self.now));
                self.replay.set_recent_mentions(tasks.into_iter().map(mention_of_task).collect());
            }
            Err(found) => self.report_no_list(found, source),
        }
    }

    fn report_no_list(&mut self, found: Lookup, source: &str) {
        match found {
            Lookup::Explained(line) => self.push_line(line),
            Lookup::LimitReached => self.push_unfinished(source),
            Lookup::Pending | Lookup::Tasks(_) => {}
        }
    }

    fn show_details(&mut self, tasks: Vec<ListedTask>, numbers: &[u64], more: bool) {
        for number in numbers {
            let task = tasks.iter().find(|task| task.number == *number);
            self.push_line(match task {
                Some(task) => responses::task_details(task, self.now),
                None => responses::unknown_number_message(*number, more),
            });
        }
        let shown = tasks.into_iter().filter(|task| numbers.contains(&task.number));
        self.replay.set_recent_mentions(shown.map(mention_of_task).collect());
    }
}

fn mention_of_task(task: ListedTask) -> TaskMention {
    TaskMention { number: task.number, title: task.title }
}
