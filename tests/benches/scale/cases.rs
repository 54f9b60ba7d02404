//! The pages that are measured, and what they may cost.

use tandem_aip::{Direction, Order};
use tandem_clock::Timestamp;
use tandem_proto::task::{ListTasksRequest, TaskFilter};
use tandem_task::domain::{Filter, Position, Priority, SortField, Status};

use crate::data::{DAY, ONE, OTHER, Size};

/// The goals: what a page, and a search, may cost at the larger size for each unit at the smaller.
const PAGE: Option<f64> = Some(1.2);
const SEARCH: Option<f64> = Some(3.0);

/// How many tasks a page has.
pub(crate) const PAGE_SIZE: u32 = 50;

/// A page.
#[derive(Clone)]
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) owner: &'static str,
    pub(crate) filter: Filter,
    pub(crate) order: Order<SortField>,
    begin: Begin,
    /// The ratio that fails the run where it is exceeded; none where the cost is known to grow.
    pub(crate) goal: Option<f64>,
}

/// Where in the list a page begins.
#[derive(Debug, Clone, Copy)]
enum Begin {
    Start,
    Middle,
    End,
}

impl Case {
    fn new(name: &str, field: SortField, filter: Filter, goal: Option<f64>) -> Self {
        let order = Order { field, direction: Direction::Ascending };
        Self { name: name.to_owned(), owner: ONE, filter, order, begin: Begin::Start, goal }
    }

    /// The position behind which the page begins.
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
        let mut names = SortField::NAMES.iter();
        let name = names.find(|(_, field)| *field == self.order.field).expect("a name").0;
        let direction = match self.order.direction {
            Direction::Ascending => "",
            Direction::Descending => " desc",
        };
        let order_by = format!("{name}{direction}");
        let mut request = ListTasksRequest { filter: Some(filter), order_by, ..Default::default() };
        let scope = tandem_aip::page::Scope::of("ListTasks", self.owner, &request);
        request.page_token = after.map(|after| scope.token(&after)).unwrap_or_default();
        request
    }
}

/// All of them; `now` is the time of the fill.
pub(crate) fn all(now: i64) -> Vec<Case> {
    let mut cases = Vec::new();
    for (name, field) in SortField::NAMES {
        let case = Case::new(name, field, Filter::default(), PAGE);
        for (place, begin) in
            [("start", Begin::Start), ("middle", Begin::Middle), ("end", Begin::End)]
        {
            let name = format!("by {name}, {place}");
            cases.push(Case { name, begin, ..case.clone() });
        }
        let order = Order { field, direction: Direction::Descending };
        cases.push(Case { name: format!("by {name} desc, start"), order, ..case });
    }
    cases.push(Case { owner: OTHER, ..plain("one of many users, by number") });
    cases.extend(filters(SortField::Number, "by number", now));
    cases.extend(filters(SortField::Due, "by due_time", now));
    for (word, goal) in [("task", SEARCH), ("tenth", SEARCH), ("hundredth", SEARCH)] {
        let case = search(word, SortField::Number, goal);
        cases.push(Case { begin: Begin::Middle, name: format!("{}, middle", case.name), ..case });
    }
    for word in ["task", "tas", "tenth", "hundredth", "thousandth", "u777", "task tenth", "nowhere"]
    {
        cases.push(search(word, SortField::Number, SEARCH));
    }
    for word in ["task", "tenth", "hundredth", "thousandth", "u777"] {
        cases.push(search(word, SortField::Due, None));
    }
    cases
}

fn plain(name: &str) -> Case {
    Case::new(name, SortField::Number, Filter::default(), PAGE)
}

fn filters(field: SortField, order: &str, now: i64) -> Vec<Case> {
    let any = Filter::default;
    let labels = |label: &str| vec![label.to_owned()];
    let filters = [
        ("pending", Filter { status: Some(Status::Pending), ..any() }),
        ("completed", Filter { status: Some(Status::Completed), ..any() }),
        ("priority high", Filter { priority: Some(Priority::High), ..any() }),
        ("label of 1 in 5", Filter { labels: labels("fifth"), ..any() }),
        ("label of 1 in 50", Filter { labels: labels("fiftieth"), ..any() }),
        ("label of 1 in 1000", Filter { labels: labels("thousandth"), ..any() }),
        ("overdue", Filter { overdue_at: Some(Timestamp::from_micros(now)), ..any() }),
        ("due in a day", due(now, 1)),
        ("due in a week", due(now, 7)),
        ("due in a month", due(now, 30)),
        ("due in a year", due(now, 365)),
        (
            "pending, label of 1 in 5",
            Filter { status: Some(Status::Pending), labels: labels("fifth"), ..any() },
        ),
    ];
    let case = |(name, filter)| {
        let goal = match (name, field) {
            // Known to grow: up to a page from each day, or as far as the next of a few is.
            ("due in a day" | "due in a week" | "due in a month", SortField::Number) => None,
            ("label of 1 in 50", SortField::Due) => None,
            // One task at the smaller size: what any page costs is more than half of it.
            ("due in a day", SortField::Due) => Some(1.5),
            // Where there are more than are looked at, the end of the look is found first.
            ("pending, label of 1 in 5", _) => Some(2.5),
            _ => PAGE,
        };
        Case::new(&format!("{name}, {order}"), field, filter, goal)
    };
    filters.into_iter().map(case).collect()
}

fn due(now: i64, days: i64) -> Filter {
    let [due_after, due_before] =
        [now, now + days * DAY].map(|time| Some(Timestamp::from_micros(time)));
    Filter { due_after, due_before, ..Filter::default() }
}

fn search(words: &str, field: SortField, goal: Option<f64>) -> Case {
    let order = if field == SortField::Number { "by number" } else { "by due_time" };
    let words: Vec<_> = words.split(' ').map(str::to_owned).collect();
    let name = format!("search {}, {order}", words.join(" "));
    Case::new(&name, field, Filter { words, ..Filter::default() }, goal)
}
