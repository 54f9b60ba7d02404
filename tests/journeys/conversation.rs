//! The main job: what is said in a conversation happens to tasks.

use tandem_clock::{Clock, Timestamp};
use tandem_proto::chat::ChatRequest;
use tandem_proto::task::{ListTasksRequest, Priority, Task};

use crate::app::{App, Start};

/// Monday, 2 March 2026, 09:00 UTC.
const MONDAY: i64 = 1_772_442_000_000_000;

async fn tasks(app: &App, user: &str) -> Vec<Task> {
    let request = ListTasksRequest { order_by: "number".to_owned(), ..Default::default() };
    app.tasks_as(user).list_tasks(request).await.expect("a list").into_inner().tasks
}

#[tokio::test]
async fn one_message_adds_two_tasks_and_shows_them() {
    let clock = Clock::fixed(Timestamp::from_micros(MONDAY));
    let app = App::start_with(Start { clock, ..Start::default() }).await;
    let message = "add buy milk tomorrow at 5pm with high priority, add call the dentist #health, \
                   then show my list";
    let request = ChatRequest { message: message.to_owned(), ..Default::default() };
    let answer = app.chat_as("alice").chat(request).await.expect("an answer").into_inner();

    let names = answer.tool_calls.iter().map(|call| call.name.as_str()).collect::<Vec<_>>();
    assert_eq!(names, ["add_task", "add_task", "list_tasks"]);
    assert!(answer.response.contains("buy milk") && answer.response.contains("call the dentist"));

    let tasks = tasks(&app, "alice").await;
    let [milk, dentist] = &tasks[..] else { panic!("exactly two tasks: {tasks:?}") };
    assert_eq!((milk.number, milk.title.as_str()), (1, "buy milk"));
    assert_eq!(milk.priority(), Priority::High);
    let tuesday_at_five = MONDAY / 1_000_000 + 32 * 60 * 60;
    assert_eq!(milk.due_time.as_ref().map(|due| due.seconds), Some(tuesday_at_five));
    assert_eq!((dentist.number, dentist.title.as_str()), (2, "call the dentist"));
    assert_eq!(
        (dentist.labels.as_slice(), &dentist.due_time),
        (["health".to_owned()].as_slice(), &None)
    );
}
