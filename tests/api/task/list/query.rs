//! Full-text search.

use tandem_proto::task::{Task, TaskFilter, UpdateTaskRequest};

use crate::support::app::App;
use crate::support::tasks::{Tasks, create, create_as, delete, listed_numbers, numbers};

async fn found(tasks: &Tasks, query: &str) -> Vec<i64> {
    numbers(tasks, TaskFilter { query: query.to_owned(), ..TaskFilter::default() }).await
}

async fn words_are_found_by_their_beginning_without_case_and_accents_in_any_script() {
    let app = App::start().await;
    let tasks = app.tasks_as("alice");
    for (title, description) in [
        ("Buy Café beans", "from Zoë's shop"),
        ("Send RÉSUMÉ", "to the cafeteria"),
        ("牛乳を買う", ""),
        ("Straße fegen", "before 12:30 – today!"),
        ("Позвонить маме", "в 18 часов"),
    ] {
        let (title, description) = (title.to_owned(), description.to_owned());
        create_as(&tasks, Task { title, description, ..Task::default() }).await;
    }
    let cases: [(&str, &[i64]); 20] = [
        ("café", &[1, 2]),
        ("CAFE", &[1, 2]),
        ("cafe\u{301}", &[1, 2]),
        ("cafet", &[2]),
        ("af", &[]),
        ("resume", &[2]),
        ("bean caf", &[1]),
        ("buy zoe", &[1]),
        ("send beans", &[]),
        ("牛乳", &[3]),
        ("買", &[3]),
        ("犬", &[]),
        ("straß", &[4]),
        ("12 30", &[4]),
        ("ПОЗВ", &[5]),
        // Words, never the language of an index.
        ("buy OR send", &[]),
        ("buy* \"beans\"", &[1]),
        ("-beans", &[1]),
        ("title:buy", &[]),
        ("buy') --", &[1]),
    ];
    for (query, expected) in cases {
        assert_eq!(found(&tasks, query).await, expected, "{query}");
    }
}

async fn a_task_is_found_by_what_it_says_now() {
    let app = App::start().await;
    let (mut tasks, bob) = (app.tasks_as("alice"), app.tasks_as("bob"));
    let task = create(&tasks, "Call the plumber").await;
    let values = Task { title: "Call the painter".to_owned(), ..task.clone() };
    let request = UpdateTaskRequest { task: Some(values), ..Default::default() };
    tasks.update_task(request).await.expect("a change");
    assert!(found(&tasks, "plumber").await.is_empty());
    assert_eq!(found(&tasks, "painter").await, [1]);
    assert!(found(&bob, "painter").await.is_empty(), "words are private");

    delete(&tasks, &task.id).await;
    assert!(found(&tasks, "painter").await.is_empty());
    let query = "painter".to_owned();
    let filter = TaskFilter { query, ..TaskFilter::default() };
    assert_eq!(listed_numbers(&tasks, filter, true).await, [1]);
}

database_tests! {
    tests:
        words_are_found_by_their_beginning_without_case_and_accents_in_any_script,
        a_task_is_found_by_what_it_says_now;
}
