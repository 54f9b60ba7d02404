//! What has to be true in the end.

use std::collections::BTreeMap;

use tandem_proto::chat::turn_event::Event;
use tandem_proto::chat::{FollowTurnRequest, ListMessagesRequest, Role, ToolCallStatus};
use tandem_proto::task::{ListTasksRequest, Task, TaskStatus};

use super::system::{Line, System};
use super::turn::{Client, Turn};

/// Fails unless every turn was answered, is stored as it was seen, and had each of its effects once.
pub(crate) async fn check(system: &System, clients: &[Client], turns: &[Turn]) {
    let line = system.line();
    for turn in turns {
        check_events(&line, turn).await;
    }
    for client in clients {
        check_messages(&line, client, turns).await;
    }
    check_tasks(&all_tasks(&line).await, turns);
}

/// The stream as it was joined is the one that is stored, and its text is the answer.
async fn check_events(line: &Line, turn: &Turn) {
    let id = turn.events[0].turn_id.clone();
    let request = FollowTurnRequest { id, after_sequence: 0 };
    let mut stream = line.chat().follow_turn(request).await.expect("a stream").into_inner();
    let mut stored = Vec::new();
    while let Some(event) = stream.message().await.expect("no error") {
        stored.push(event);
    }
    assert_eq!(turn.events, stored, "{}", turn.name);
    let text = stored.iter().filter_map(|event| match &event.event {
        Some(Event::TextDelta(delta)) => Some(delta.text.as_str()),
        _ => None,
    });
    let text = text.collect::<String>();
    let Some(Event::MessageCompleted(end)) = &stored[stored.len() - 1].event else {
        panic!("{} was not answered: {stored:?}", turn.name);
    };
    let answer = end.assistant_message.as_ref().expect("an answer");
    assert_eq!(answer.content, text);
    let begin_and_end = format!("{0} begins. \n\n{0} is done.", turn.name);
    assert_eq!(answer.content, begin_and_end, "said once");
    let calls = answer.tool_calls.iter().map(|call| (call.name.as_str(), call.status()));
    let done = ["add_task", "add_task", "complete_task"];
    assert!(calls.eq(done.map(|name| (name, ToolCallStatus::Succeeded))), "{answer:?}");
}

/// Every message is there, once, with its answer behind it.
async fn check_messages(line: &Line, client: &Client, turns: &[Turn]) {
    let conversation_id = client.conversation.clone();
    let request = ListMessagesRequest { conversation_id, page_size: 500, ..Default::default() };
    let page = line.chat().list_messages(request).await.expect("a page").into_inner();
    let own = turns.iter().filter(|turn| turn.conversation == client.conversation);
    let expected = own.flat_map(|turn| {
        [
            (Role::User, turn.name.clone()),
            (Role::Assistant, format!("{0} begins. \n\n{0} is done.", turn.name)),
        ]
    });
    let stored = page.messages.iter().map(|message| (message.role(), message.content.clone()));
    assert_eq!(stored.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
}

/// Two tasks of each turn, the first completed, and nothing else.
fn check_tasks(tasks: &[Task], turns: &[Turn]) {
    let mut expected = BTreeMap::new();
    for turn in turns {
        // Created, and completed: the second version.
        expected.insert(format!("{} first", turn.name), (TaskStatus::Completed, "\"2\""));
        expected.insert(format!("{} second", turn.name), (TaskStatus::Pending, "\"1\""));
    }
    assert_eq!(tasks.len(), expected.len(), "no task twice");
    let numbers = tasks.iter().map(|task| task.number);
    assert!(numbers.eq(1..=tasks.len() as i64), "numbers are dense");
    let found = tasks.iter().map(|it| (it.title.clone(), (it.status(), it.etag.as_str())));
    assert_eq!(found.collect::<BTreeMap<_, _>>(), expected);
}

async fn all_tasks(line: &Line) -> Vec<Task> {
    let (mut tasks, mut page_token) = (Vec::new(), String::new());
    loop {
        let request = ListTasksRequest { page_size: 1000, page_token, ..Default::default() };
        let page = line.tasks().list_tasks(request).await.expect("a page").into_inner();
        tasks.extend(page.tasks);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return tasks;
        }
    }
}
