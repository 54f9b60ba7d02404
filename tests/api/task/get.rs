//! `GetTask`.

use tandem_proto::task::{Priority, Task};

use crate::support::app::App;
use crate::support::tasks::{create, create_as, delete, get};

async fn task_is_read_as_written() {
    let app = App::start().await;
    let tasks = app.tasks_as("alice");
    let draft = Task {
        title: "Zahnarzt 🦷".to_owned(),
        description: "line one\nline two".to_owned(),
        priority: Priority::Low.into(),
        labels: vec!["health".to_owned()],
        ..Task::default()
    };
    let created = create_as(&tasks, draft.clone()).await;
    assert_eq!(created.title, draft.title);
    assert_eq!(created.description, draft.description);
    create(&tasks, "another").await;
    assert_eq!(get(&tasks, &created.id).await, created);
}

async fn deleted_task_stays_readable() {
    let app = App::start().await;
    let tasks = app.tasks_as("alice");
    let task = create(&tasks, "gone").await;
    let deleted = delete(&tasks, &task.id).await;
    assert!(deleted.delete_time.is_some());
    assert_eq!(get(&tasks, &task.id).await, deleted);
}

database_tests! {
    tests:
        task_is_read_as_written,
        deleted_task_stays_readable;
}
