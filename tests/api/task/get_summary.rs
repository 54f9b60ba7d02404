//! `GetTaskSummary`.

use tandem_proto::task::{GetTaskSummaryRequest, Task, TaskSummary};
use tonic::Code;

use crate::support::app::{App, Start};
use crate::support::manual_clock::ManualClock;
use crate::support::refusal::{reason, refused};
use crate::support::tasks::{Tasks, complete, create, create_as, delete};

const HOUR: i64 = 60 * 60;

async fn summary(tasks: &Tasks, time_zone: &str) -> TaskSummary {
    let request = GetTaskSummaryRequest { time_zone: time_zone.to_owned() };
    tasks.clone().get_task_summary(request).await.expect("a summary").into_inner()
}

async fn summary_counts_live_tasks() {
    let app = App::start().await;
    let tasks = app.tasks_as("alice");
    assert_eq!(summary(&tasks, "").await, TaskSummary::default());
    let [done, gone] = [create(&tasks, "done").await, create(&tasks, "gone").await];
    create(&tasks, "open").await;
    create(&app.tasks_as("bob"), "another user's").await;
    complete(&tasks, &done.id).await;
    delete(&tasks, &gone.id).await;
    let expected = TaskSummary { pending_count: 1, completed_count: 1, ..TaskSummary::default() };
    assert_eq!(summary(&tasks, "").await, expected);
}

async fn day_is_that_of_the_time_zone() {
    // Monday, 09:00 UTC: 01:00 in Los Angeles, 18:00 in Tokyo.
    let clock = ManualClock::new();
    let app = App::start_with(Start { clock: clock.clock(), ..Start::default() }).await;
    let tasks = app.tasks_as("alice");
    for hours in [-10, -8, 4, 14, 16, 22] {
        let due_time = Some(clock.after(hours * HOUR));
        create_as(&tasks, Task { title: "due".to_owned(), due_time, ..Task::default() }).await;
    }
    let done =
        Task { title: "done".to_owned(), due_time: Some(clock.after(-HOUR)), ..Task::default() };
    let done = create_as(&tasks, done).await;
    complete(&tasks, &done.id).await;
    // The day ends in 15 h, 23 h and 6 h.
    for (zone, due_today_count) in [("", 3), ("America/Los_Angeles", 4), ("Asia/Tokyo", 3)] {
        let (pending_count, completed_count, overdue_count) = (6, 1, 2);
        let expected =
            TaskSummary { pending_count, completed_count, overdue_count, due_today_count };
        assert_eq!(summary(&tasks, zone).await, expected, "{zone:?}");
    }
}

async fn unknown_time_zone_is_refused() {
    let app = App::start().await;
    let request = GetTaskSummaryRequest { time_zone: "Mars/Olympus".to_owned() };
    let answer = app.tasks_as("alice").get_task_summary(request).await;
    assert_eq!(reason(&refused(answer)).0, Code::InvalidArgument);
}

database_tests! {
    tests:
        summary_counts_live_tasks,
        day_is_that_of_the_time_zone,
        unknown_time_zone_is_refused;
}
