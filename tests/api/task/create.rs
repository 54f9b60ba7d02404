//! `CreateTask`: numbers.

use std::collections::HashSet;

use futures::future::join_all;
use tandem_proto::task::{Task, TaskFilter};

use crate::support::app::App;
use crate::support::tasks::{create, delete, numbers};

async fn each_user_counts_from_one_and_no_number_is_given_twice() {
    let app = App::start().await;
    let (alice, bob) = (app.tasks_as("alice"), app.tasks_as("bob"));
    let mut newest = Task::default();
    for number in 1..=3 {
        newest = create(&alice, "again").await;
        assert_eq!(newest.number, number);
    }
    delete(&alice, &newest.id).await;
    assert_eq!(create(&alice, "after a deletion").await.number, 4);
    assert_eq!(create(&bob, "another user").await.number, 1);
}

async fn thirty_two_at_once_get_the_numbers_one_to_thirty_two() {
    let app = App::start().await;
    let tasks = app.tasks_as("alice");
    let creators = (0..32).map(|index| {
        let tasks = tasks.clone();
        tokio::spawn(async move { create(&tasks, &format!("task {index}")).await })
    });
    let created = join_all(creators).await.into_iter().map(|task| task.expect("no panic"));
    let (mut given, ids): (Vec<_>, HashSet<_>) = created.map(|task| (task.number, task.id)).unzip();
    given.sort_unstable();
    assert_eq!(given, (1..=32).collect::<Vec<_>>());
    assert_eq!(ids.len(), 32);
    assert_eq!(numbers(&tasks, TaskFilter::default()).await, given);
}

database_tests! {
    tests:
        each_user_counts_from_one_and_no_number_is_given_twice;
    two_threads:
        thirty_two_at_once_get_the_numbers_one_to_thirty_two;
}
