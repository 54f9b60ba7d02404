//! Pages of a list that is long enough for every query plan.

use futures::{StreamExt as _, stream};
use tandem_proto::task::{
    BatchCreateTasksRequest, CreateTaskRequest, ListTasksRequest, Priority, Task, TaskFilter,
    TaskStatus,
};

use super::{all, micros, page};
use crate::support::app::{App, Start};
use crate::support::manual_clock::Hands;
use crate::support::tasks::{Tasks, complete, delete};

/// More than two thousand, what is many to the search; and what is looked at one by one is a thousand.
const COUNT: usize = 2500;

/// Three pages of this size are compared.
const PAGE: i32 = 40;

/// What a task is sorted by; tasks with the same key by number.
type Key = fn(&Task) -> i64;

const ORDERS: [(&str, Key); 5] = [
    ("number", |task| task.number),
    ("create_time", |task| task.create_time.as_ref().map_or(0, micros)),
    ("update_time", |task| task.update_time.as_ref().map_or(0, micros)),
    ("due_time", |task| task.due_time.as_ref().map_or(i64::MAX, micros)),
    ("priority", |task| i64::from(task.priority)),
];

/// What a filter means, asked of one task.
type Holds = Box<dyn Fn(&Task) -> bool>;

/// A task whose place in the order of the due times has nothing to do with its number.
fn draft(index: usize, hands: &Hands) -> Task {
    let place = index * 1009 % COUNT;
    let labels = [
        ("common", index.is_multiple_of(3)),
        ("some", index.is_multiple_of(40)),
        // Behind all that are looked at.
        ("late", index > 1500 && index % 100 == 1),
        // A few of those, and then too many to be sorted.
        ("later", place.is_multiple_of(35) || place > 1200),
    ];
    let labels = labels.into_iter().filter(|(_, has)| *has).map(|(label, _)| label.to_owned());
    let tenth = if index % 10 == 3 { "tenth" } else { "" };
    Task {
        title: format!("task u{index} {tenth}"),
        priority: i32::try_from(index % 4).expect("small"),
        due_time: (!place.is_multiple_of(9))
            .then(|| hands.after(i64::try_from(place).expect("small") * 3600)),
        labels: labels.collect(),
        ..Task::default()
    }
}

/// Creates the tasks, a hundred a minute; some are done, some deleted. Answers all of them.
async fn fill(tasks: &Tasks, hands: &Hands) -> Vec<Task> {
    let mut created = Vec::new();
    for batch in 0..COUNT / 100 {
        let create = |index| CreateTaskRequest {
            task: Some(draft(index, hands)),
            ..CreateTaskRequest::default()
        };
        let requests = (batch * 100..(batch + 1) * 100).map(create).collect();
        let request = BatchCreateTasksRequest { requests, ..Default::default() };
        let batch = tasks.clone().batch_create_tasks(request).await.expect("tasks");
        created.extend(batch.into_inner().tasks);
        hands.forward(60);
    }
    let changes = created.iter().map(|task| async move {
        if task.number % 13 == 0 {
            complete(tasks, &task.id).await;
        }
        if task.number % 51 == 7 {
            delete(tasks, &task.id).await;
        }
    });
    stream::iter(changes).buffer_unordered(32).for_each(async |()| {}).await;
    all(tasks, ListTasksRequest { show_deleted: true, page_size: 1000, ..Default::default() }).await
}

fn cases(now: &Hands) -> Vec<(TaskFilter, Holds)> {
    let any = TaskFilter::default;
    let (pending, completed) = (TaskStatus::Pending, TaskStatus::Completed);
    let label = |label: &str| vec![label.to_owned()];
    let has = |label: &'static str| move |it: &Task| it.labels.iter().any(|it| it == label);
    let hours = |hours: i64| now.after(hours * 3600);
    let is_due = |from: i64, until: i64| {
        let (from, until) = (micros(&hours(from)), micros(&hours(until)));
        move |it: &Task| it.due_time.as_ref().is_some_and(|it| (from..until).contains(&micros(it)))
    };
    let due = |from, until| TaskFilter {
        start_due_time: Some(hours(from)),
        end_due_time: Some(hours(until)),
        ..any()
    };
    let query = |query: &str| TaskFilter { query: query.to_owned(), ..any() };
    let says =
        |word: &'static str| move |it: &Task| it.title.split(' ').any(|it| it.starts_with(word));
    let past = is_due(-10_000, 0);
    vec![
        (any(), Box::new(|_: &Task| true) as Holds),
        (
            TaskFilter { status: completed.into(), ..any() },
            Box::new(move |it| it.status() == completed),
        ),
        (
            TaskFilter { priority: Priority::High.into(), ..any() },
            Box::new(|it| it.priority() == Priority::High),
        ),
        (TaskFilter { labels: label("common"), ..any() }, Box::new(has("common"))),
        (TaskFilter { labels: label("some"), ..any() }, Box::new(has("some"))),
        (TaskFilter { labels: label("late"), ..any() }, Box::new(has("late"))),
        (TaskFilter { labels: label("later"), ..any() }, Box::new(has("later"))),
        (
            TaskFilter { labels: label("late"), status: pending.into(), ..any() },
            Box::new(move |it| has("late")(it) && it.status() == pending),
        ),
        (
            TaskFilter { overdue: true, ..any() },
            Box::new(move |it| it.status() == pending && past(it)),
        ),
        (due(10, 24), Box::new(is_due(10, 24))),
        (due(-100, 300), Box::new(is_due(-100, 300))),
        (due(0, 5000), Box::new(is_due(0, 5000))),
        (
            TaskFilter { status: completed.into(), ..due(10, 90) },
            Box::new({
                let is_due = is_due(10, 90);
                move |it| is_due(it) && it.status() == completed
            }),
        ),
        (query("task"), Box::new(says("task"))),
        (query("tenth"), Box::new(says("tenth"))),
        (query("u"), Box::new(says("u"))),
        (query("u7"), Box::new(says("u7"))),
        (query("u777 ta"), Box::new(says("u777"))),
        (query("nowhere"), Box::new(says("nowhere"))),
    ]
}

/// The numbers of the first three pages.
async fn three_pages(tasks: &Tasks, mut request: ListTasksRequest) -> Vec<i64> {
    let mut numbers = Vec::new();
    for _ in 0..3 {
        let next = page(tasks, request.clone()).await;
        numbers.extend(next.tasks.into_iter().map(|task| task.number));
        if next.next_page_token.is_empty() {
            break;
        }
        request.page_token = next.next_page_token;
    }
    numbers
}

async fn a_page_holds_what_its_filter_means_whichever_way_it_is_read() {
    let hands = Hands::new();
    let app = App::start_with(Start { clock: hands.clock(), ..Start::default() }).await;
    let tasks = app.tasks_as("alice");
    let mut model = fill(&tasks, &hands).await;
    assert_eq!(model.len(), COUNT);
    // Some are overdue then.
    hands.forward(600 * 3600);
    for (field, key) in ORDERS {
        for direction in ["", " desc"] {
            model.sort_by_key(|task| (key(task), task.number));
            if !direction.is_empty() {
                model.reverse();
            }
            for (filter, holds) in cases(&hands) {
                let meant = model.iter().filter(|it| it.delete_time.is_none() && holds(it));
                let expected = meant.map(|it| it.number).take(3 * PAGE as usize);
                let order_by = format!("{field}{direction}");
                let filter = Some(filter);
                let request =
                    ListTasksRequest { filter, order_by, page_size: PAGE, ..Default::default() };
                let told = format!("{request:?}");
                assert_eq!(
                    three_pages(&tasks, request).await,
                    expected.collect::<Vec<_>>(),
                    "{told}"
                );
            }
        }
    }
}

database_tests! {
    two_threads:
        a_page_holds_what_its_filter_means_whichever_way_it_is_read;
}
