//! The tasks that the databases are filled with: the values of a task depend only on its number and, except
//! for the creation times, are independent of its position in any order.

use tandem_clock::Timestamp;
use tandem_task::domain::{Position, Priority, SortField, Status, Task};
use uuid::Uuid;

/// The user with many tasks.
pub(crate) const ONE: &str = "one";

/// One of the users with few tasks.
pub(crate) const OTHER: &str = "other-7";

/// Tasks of each of those users.
pub(crate) const FEW: i64 = 10;

const SECOND: i64 = 1_000_000;

/// Microseconds in a day.
pub(crate) const DAY: i64 = 24 * 60 * 60 * SECOND;

/// The size of a database.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    /// Number of tasks of the one user.
    pub(crate) tasks: i64,
    /// Number of other users.
    pub(crate) others: i64,
    /// The time of the fill, in microseconds since 1970.
    pub(crate) now: i64,
}

impl Size {
    /// All tasks, with owner and row.
    pub(crate) fn all(self) -> impl Iterator<Item = (String, i64, Task)> {
        let one = (1..=self.tasks).map(move |number| (ONE.to_owned(), number, self.task(number)));
        let others = (0..self.others * FEW).map(move |index| {
            let owner = format!("other-{}", index / FEW);
            (owner, self.tasks + 1 + index, self.task(index % FEW + 1))
        });
        one.chain(others)
    }

    /// The numbers of pending and completed tasks of each owner, without deleted tasks.
    pub(crate) fn counts(self, tasks: i64) -> [i64; 2] {
        let live = (1..=tasks).map(|number| self.task(number)).filter(|it| it.deleted.is_none());
        live.fold([0, 0], |mut counts, task| {
            counts[usize::from(task.status != Status::Pending)] += 1;
            counts
        })
    }

    /// The start of a page with half of the one user's tasks before it, or with all but the last ones.
    pub(crate) fn position(self, field: SortField, at_the_end: bool) -> Position {
        let mut tasks = (1..=self.tasks).map(|number| self.task(number)).collect::<Vec<_>>();
        let key = |task: &Task| match field {
            SortField::Created => task.created.as_micros(),
            SortField::Updated => task.updated.as_micros(),
            SortField::Due => task.due.map_or(i64::MAX, Timestamp::as_micros),
            SortField::Priority => task.priority.map_or(0, |it| it as i64 + 1),
            SortField::Number => task.number,
        };
        tasks.sort_by_key(|task| (key(task), task.number));
        let place = if at_the_end { tasks.len() - 70 } else { tasks.len() / 2 };
        Position { key: key(&tasks[place]), number: tasks[place].number }
    }

    fn task(self, number: i64) -> Task {
        let chance = Chance::of(number);
        let is_late = number > self.tasks / 2;
        let created = self.now - (self.tasks - number) * 20 * SECOND;
        let done = chance.one_in(2, 1);
        // Two common words that no task has together.
        let verb = if number % 2 == 0 { "Buy task" } else { "Call task" };
        Task {
            id: Uuid::now_v7(),
            number,
            title: format!("{verb} u{number} {}", words(chance, is_late)).trim_end().to_owned(),
            description: "The shop at the corner closes at eight; ask for the receipt.".to_owned(),
            status: if done {
                Status::Completed { at: Timestamp::from_micros(created) }
            } else {
                Status::Pending
            },
            priority: [None, Some(Priority::Low), Some(Priority::Medium), Some(Priority::High)]
                [chance.below(4, 2)],
            due: (!chance.one_in(4, 3))
                .then(|| self.now + chance.up_to(730 * DAY) - 365 * DAY)
                .map(Timestamp::from_micros),
            labels: labels(chance, is_late),
            created: Timestamp::from_micros(created),
            updated: Timestamp::from_micros(created + chance.up_to(30 * DAY)),
            deleted: chance.one_in(50, 4).then_some(Timestamp::from_micros(self.now)),
            version: 1,
        }
    }
}

/// Words of one task in ten, in a hundred and in a thousand, and one of the second half of the tasks.
fn words(chance: Chance, is_late: bool) -> String {
    let words = [("tenth", 10), ("hundredth", 100), ("thousandth", 1000)];
    let words = words.into_iter().filter(|(_, share)| chance.one_in(*share, 5));
    words.map(|(word, _)| word).chain(is_late.then_some("late")).collect::<Vec<_>>().join(" ")
}

/// Labels of one task in five, in fifty and in a thousand, and one of the second half of the tasks.
fn labels(chance: Chance, is_late: bool) -> Vec<String> {
    let labels = [("fifth", 5), ("fiftieth", 50), ("thousandth", 1000)];
    let labels = labels.into_iter().filter(|(_, share)| chance.one_in(*share, 6));
    let labels = labels.map(|(label, _)| label).chain(is_late.then_some("late"));
    labels.map(str::to_owned).collect()
}

/// Pseudorandom values that are the same in each run.
#[derive(Debug, Clone, Copy)]
struct Chance(u64);

impl Chance {
    fn of(number: i64) -> Self {
        Self(number.unsigned_abs())
    }

    /// `SplitMix64` of the number and the question.
    fn draw(self, question: u64) -> u64 {
        let mut it = (self.0 + (question << 40)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        it = (it ^ (it >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        it = (it ^ (it >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        it ^ (it >> 31)
    }

    fn below(self, count: usize, question: u64) -> usize {
        usize::try_from(self.draw(question) % count as u64).expect("a small number")
    }

    fn one_in(self, share: usize, question: u64) -> bool {
        self.below(share, question + 10 * share as u64) == 0
    }

    fn up_to(self, most: i64) -> i64 {
        i64::try_from(self.draw(7) % most.unsigned_abs()).expect("it fits")
    }
}
