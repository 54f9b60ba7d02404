//! Answers questions about the list.

use super::Scene;
use super::finding::Found;
use crate::command::{Filter, Listing, View};
use crate::resolve::Listed;
use crate::run::Mention;
use crate::wording;

impl Scene<'_, '_> {
    /// Lists the tasks in the way that was asked for.
    pub(super) fn list(&mut self, listing: &Listing, said: &str) {
        let Listing { filter, view } = listing;
        let (tasks, more) = match self.query(filter) {
            Ok(listed) => listed,
            Err(found) => return self.not_listed(found, said),
        };
        if *view == View::List && tasks.is_empty() {
            return self.list_label(filter, said);
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

    /// "Travel tasks": where no text has the word, it may be a label.
    fn list_label(&mut self, filter: &Filter, said: &str) {
        let word = filter.query.as_ref().filter(|query| !query.contains(' '));
        let (Some(word), None) = (word, &filter.label) else {
            return self.say(wording::none_match(filter));
        };
        let label = Some(word.to_lowercase());
        let labelled = Filter { label, query: None, ..filter.clone() };
        match self.query(&labelled) {
            Ok((tasks, _)) if tasks.is_empty() => self.say(wording::none_match(filter)),
            Ok((tasks, more)) => {
                self.say(wording::list(&tasks, &labelled, more, self.now));
                self.run.mention(tasks.into_iter().map(mention).collect());
            }
            Err(found) => self.not_listed(found, said),
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

fn mention(task: Listed) -> Mention {
    Mention { number: task.number, title: task.title }
}
