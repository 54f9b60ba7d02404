//! The pages that are measured.

use tandem_aip::page::{PageTokenContext, PageTokenKey};
use tandem_aip::{Direction, Order};
use tandem_auth::Owner;
use tandem_clock::Timestamp;
use tandem_proto::task::{ListTasksRequest, TaskFilter};
use tandem_task::domain::{Filter, Position, Priority, SortField, StatusKind};
use tandem_task::store::ListQuery;

use crate::data::{DAY, ONE, OTHER, Size};
use crate::measure::task_service::PAGE_TOKEN_SECRET;

/// The page sizes and directions: the maximum size in one direction only.
const PAGES: [(u32, Direction); 3] = [
    (ListTasksRequest::DEFAULT_PAGE_SIZE, Direction::Ascending),
    (ListTasksRequest::DEFAULT_PAGE_SIZE, Direction::Descending),
    (ListTasksRequest::MAX_PAGE_SIZE, Direction::Ascending),
];

/// A page of a list.
#[derive(Clone)]
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) owner: Owner,
    pub(crate) filter: Filter,
    pub(crate) order: Order<SortField>,
    /// Tasks per page.
    pub(crate) size: u32,
    begin: Begin,
}

/// The position at which a page begins.
#[derive(Debug, Clone, Copy)]
enum Begin {
    Start,
    Middle,
    End,
}

impl Case {
    fn new(name: &str, field: SortField, filter: Filter) -> Self {
        let order = Order { field, direction: Direction::Ascending };
        let owner = Owner::from_row(ONE.to_owned());
        let size = ListTasksRequest::DEFAULT_PAGE_SIZE;
        Self { name: name.to_owned(), owner, filter, order, size, begin: Begin::Start }
    }

    /// The query of the page for the store.
    pub(crate) fn query(&self, after: Option<Position>) -> ListQuery<'_> {
        let Self { owner, filter, order, size, .. } = self;
        ListQuery { owner, filter, order: *order, after, size: *size }
    }

    /// The position after which the page begins.
    pub(crate) fn after(&self, size: Size) -> Option<Position> {
        match self.begin {
            Begin::Start => None,
            Begin::Middle => Some(size.position(self.order.field, false)),
            Begin::End => Some(size.position(self.order.field, true)),
        }
    }

    /// The same page as a request.
    pub(crate) fn request(&self, after: Option<Position>) -> ListTasksRequest {
        let time = |time: Option<Timestamp>| time.map(Into::into);
        let Filter { status, priority, labels, words, .. } = &self.filter;
        let filter = TaskFilter {
            status: status.map_or(0, |it| it as i32 + 1),
            priority: priority.map_or(0, |it| it as i32 + 1),
            labels: labels.clone(),
            start_due_time: time(self.filter.due_after),
            end_due_time: time(self.filter.due_before),
            overdue: self.filter.overdue_at.is_some(),
            query: words.join(" "),
            ..TaskFilter::default()
        };
        let direction = if self.order.direction == Direction::Descending { " desc" } else { "" };
        let order_by = format!("{}{direction}", name_of(self.order.field));
        let mut request = ListTasksRequest { filter: Some(filter), order_by, ..Default::default() };
        let key = PageTokenKey::new(PAGE_TOKEN_SECRET.as_bytes());
        let tokens = PageTokenContext::new(&key, "ListTasks", self.owner.as_str(), &request);
        request.page_token = after.map(|after| tokens.encode(&after)).unwrap_or_default();
        request
    }
}

fn name_of(field: SortField) -> &'static str {
    SortField::NAMES.iter().find(|(_, it)| *it == field).expect("a name").0
}

/// Common requests: the rows scanned for these pages do not grow with the number of tasks.
pub(crate) fn usual(now: i64) -> Vec<Case> {
    let mut cases = Vec::new();
    for (name, field) in SortField::NAMES {
        let case = Case::new(name, field, Filter::default());
        for (place, begin) in
            [("start", Begin::Start), ("middle", Begin::Middle), ("end", Begin::End)]
        {
            let name = format!("by {name}, {place}");
            cases.push(Case { name, begin, ..case.clone() });
        }
    }
    let other = Owner::from_row(OTHER.to_owned());
    let few = Case::new("one of many users, by number", SortField::Number, Filter::default());
    cases.push(Case { owner: other, ..few });
    let names = ["pending", "completed", "overdue", "label of 1 in 5", "due in a year"];
    let usual = filters(now).into_iter().filter(|(name, _)| names.contains(name));
    for (name, filter) in usual {
        for field in [SortField::Number, SortField::Due] {
            let name = format!("{name}, by {}", name_of(field));
            cases.push(Case::new(&name, field, filter.clone()));
        }
    }
    cases
}

/// Every filter in every order, with the default and the maximum page size.
pub(crate) fn all(now: i64) -> Vec<Case> {
    let mut cases = Vec::new();
    for (name, filter) in filters(now) {
        for (order, field) in SortField::NAMES {
            for (size, direction) in PAGES {
                let desc = if direction == Direction::Descending { " desc" } else { "" };
                let name = format!("{name}, by {order}{desc}, {size} a page");
                let case = Case::new(&name, field, filter.clone());
                cases.push(Case { order: Order { field, direction }, size, ..case });
            }
        }
    }
    cases
}

/// Filters on each field, and combinations that match few tasks or none.
pub(crate) fn filters(now: i64) -> Vec<(&'static str, Filter)> {
    let any = Filter::default;
    let texts = |texts: &str| texts.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let labels = |labels| Filter { labels: texts(labels), ..any() };
    let words = |words| Filter { words: texts(words), ..any() };
    let due = |days| Filter { due_after: at(now), due_before: at(now + days * DAY), ..any() };
    let (pending, completed) = (Some(StatusKind::Pending), Some(StatusKind::Completed));
    vec![
        ("all", any()),
        ("with deleted ones", Filter { show_deleted: true, ..any() }),
        ("number", Filter { number: Some(7), ..any() }),
        ("pending", Filter { status: pending, ..any() }),
        ("completed", Filter { status: completed, ..any() }),
        ("priority high", Filter { priority: Some(Priority::High), ..any() }),
        ("overdue", Filter { overdue_at: at(now), ..any() }),
        ("due in a day", due(1)),
        ("due in a month", due(30)),
        ("due in a year", due(365)),
        ("due never", Filter { due_after: at(now + 1000 * DAY), ..any() }),
        ("created lately", Filter { created_after: at(now - DAY), ..any() }),
        ("created long ago", Filter { created_before: at(now - DAY), ..any() }),
        ("label of 1 in 5", labels("fifth")),
        ("label of 1 in 50", labels("fiftieth")),
        ("label of 1 in 1000", labels("thousandth")),
        ("label of the second half", labels("late")),
        ("label of none", labels("nowhere")),
        ("two labels", labels("fifth fiftieth")),
        ("label, deleted too", Filter { show_deleted: true, ..labels("fifth") }),
        ("pending, label", Filter { status: pending, ..labels("fifth") }),
        (
            "many parts",
            Filter {
                status: completed,
                priority: Some(Priority::Low),
                created_before: at(now - DAY),
                labels: texts("fifth fiftieth thousandth late"),
                ..due(365)
            },
        ),
        ("word of all", words("task")),
        ("beginning of all", words("u")),
        ("word of 1 in 10", words("tenth")),
        ("word of 1 in 100", words("hundredth")),
        ("word of 1 in 1000", words("thousandth")),
        ("word of the second half", words("late")),
        ("word of none", words("nowhere")),
        ("two words", words("late tenth")),
        ("words that never meet", words("buy call")),
        ("one letter", words("c")),
        ("letters that never meet", words("b e t u z")),
        ("many letters", words("a b c e f o r s t u")),
        ("word, label of 1 in 1000", Filter { words: texts("late"), ..labels("thousandth") }),
        ("word, pending", Filter { status: pending, ..words("late") }),
        ("word, deleted too", Filter { show_deleted: true, ..words("late") }),
    ]
}

fn at(micros: i64) -> Option<Timestamp> {
    Some(Timestamp::from_micros(micros))
}
