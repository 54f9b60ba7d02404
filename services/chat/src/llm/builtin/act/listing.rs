//! Answers questions about the list.

use super::Scene;
use super::finding::Found;
use crate::llm::builtin::command::{Filter, Listing, View};
use crate::llm::builtin::resolve::Listed;
use crate::llm::builtin::run::Mention;
use crate::llm::builtin::wording;

impl Scene<'_, '_> {
    /// Lists the tasks in the way that was asked for.
    pub(super) fn list(&mut self, listing: &Listing, said: &str) {
        let Listing { filter, view } = listing;
        let (tasks, more) = match self.query(filter) {
            Ok(listed) => listed,
            Err(found) => return self.not_listed(found, said),
        };
        if let (View::List, true, Some(filter)) = (view, tasks.is_empty(), label_meant(filter)) {
            return self.list(&Listing { filter, view: View::List }, said);
        }
        match view {
            View::List => {
                self.say(wording::list(&tasks, filter, more, self.now));
                self.run.mention(tasks.into_iter().map(mention).collect());
            }
            View::Count => self.say(wording::count(tasks.len(), filter, more)),
            View::Details(numbers) => self.details(tasks, numbers, more),
        }
    }

    fn not_listed(&mut self, found: Found, said: &str) {
        match found {
            Found::Nothing(line) => self.say(line),
            Found::NoRoom => self.leave(said),
            Found::Pending | Found::Tasks(_) => {}
        }
    }

    fn details(&mut self, tasks: Vec<Listed>, numbers: &[u64], more: bool) {
        for number in numbers {
            let task = tasks.iter().find(|task| task.number == *number);
            self.say(match task {
                Some(task) => wording::details(task, self.now),
                None => wording::no_such_number(*number, more),
            });
        }
        let shown = tasks.into_iter().filter(|task| numbers.contains(&task.number));
        self.run.mention(shown.map(mention).collect());
    }
}

/// "Travel tasks": where no text has the word, it may be a label.
fn label_meant(filter: &Filter) -> Option<Filter> {
    let word = filter.query.as_ref().filter(|query| !query.contains(' '))?;
    let label = Some(word.to_lowercase());
    filter.label.is_none().then(|| Filter { label, query: None, ..filter.clone() })
}

fn mention(task: Listed) -> Mention {
    Mention { number: task.number, title: task.title }
}
