//! Everyday English and the tool calls that it results in (`phrasings.toml`).

use std::collections::HashMap;

use chrono::DateTime;
use futures::StreamExt as _;
use prost_types::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use tandem_clock::Clock;
use tandem_proto::chat::{ChatRequest, ChatResponse};
use tandem_proto::task::{CompleteTaskRequest, CreateTaskRequest, Priority, Task};

use crate::support::app::{App, Start};
use crate::support::json::object;

/// Number of rows that run at a time.
const AT_ONCE: usize = 4;

#[derive(Deserialize)]
struct Table {
    now: String,
    zone: String,
    tasks: Vec<Fixture>,
    phrasing: Vec<Row>,
    harmless: Vec<Row>,
}

/// A task that exists before each row.
#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
#[derive(Default)]
struct Fixture {
    title: String,
    description: String,
    due: Option<String>,
    priority: Option<String>,
    labels: Vec<String>,
    completed: bool,
}

/// A message, the messages before it, and the expected calls and answer.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    say: String,
    #[serde(default)]
    after: Vec<String>,
    #[serde(default)]
    calls: Vec<Call>,
    #[serde(default)]
    answer: Vec<String>,
}

/// A tool call.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Call {
    name: String,
    arguments: Value,
}

async fn phrasings_give_their_tool_calls() {
    let table = Table::load();
    assert!(table.phrasing.len() >= 120, "{} phrasings", table.phrasing.len());
    let app = table.start().await;
    let check = async |(index, row): (usize, &Row)| {
        let answer = table.send(&app, &format!("phrasing-{index}"), row).await;
        let calls = calls(&answer);
        let as_expected = calls == row.calls && contains_all(&answer, &row.answer);
        (!as_expected).then(|| format!("{row}\n  did {calls:?}\n  said {:?}", answer.response))
    };
    assert_none(all(&table.phrasing, check).await);
}

async fn harmless_messages_change_nothing() {
    let table = Table::load();
    assert!(table.harmless.len() >= 40, "{} harmless messages", table.harmless.len());
    let app = table.start().await;
    let check = async |(index, row): (usize, &Row)| {
        let answer = table.send(&app, &format!("harmless-{index}"), row).await;
        let changing = calls(&answer).into_iter().filter(|call| call.name != "list_tasks");
        let changing = changing.collect::<Vec<_>>();
        let as_expected = changing.is_empty() && contains_all(&answer, &row.answer);
        (!as_expected).then(|| format!("{row}\n  did {changing:?}\n  said {:?}", answer.response))
    };
    assert_none(all(&table.harmless, check).await);
}

/// The differences of all rows.
async fn all(rows: &[Row], check: impl AsyncFn((usize, &Row)) -> Option<String>) -> Vec<String> {
    let checks = rows.iter().enumerate().map(|row| check(row));
    let checked = futures::stream::iter(checks).buffered(AT_ONCE);
    checked.filter_map(async |fault| fault).collect().await
}

fn assert_none(faults: Vec<String>) {
    assert!(faults.is_empty(), "{} rows differ:\n{}", faults.len(), faults.join("\n"));
}

impl Table {
    fn load() -> Self {
        toml::from_str(include_str!("phrasings.toml")).expect("a table")
    }

    async fn start(&self) -> App {
        let now = DateTime::parse_from_rfc3339(&self.now).expect("a time");
        App::start_with(Start { clock: Clock::fixed(now.into()), ..Start::default() }).await
    }

    /// Sends a row's messages as a new user who has the tasks of the table; returns the last response.
    async fn send(&self, app: &App, user: &str, row: &Row) -> ChatResponse {
        self.create_tasks(app, user).await;
        let mut client = app.chat_as(user);
        let mut answer = ChatResponse::default();
        for message in row.after.iter().chain([&row.say]) {
            let request = ChatRequest {
                conversation_id: answer.conversation_id.clone(),
                message: message.clone(),
                metadata: [("time_zone".to_owned(), self.zone.clone())].into(),
                ..ChatRequest::default()
            };
            // A blank message is refused before it reaches the model, and changes nothing either.
            answer = match client.chat(request).await {
                Ok(answer) => answer.into_inner(),
                Err(status) if status.code() == tonic::Code::InvalidArgument => answer,
                Err(status) => panic!("{message:?}: {status:?}"),
            };
        }
        answer
    }

    async fn create_tasks(&self, app: &App, user: &str) {
        let mut client = app.tasks_as(user);
        for fixture in &self.tasks {
            let request = CreateTaskRequest { task: Some(fixture.task()), ..Default::default() };
            let id = client.create_task(request).await.expect("a task").into_inner().id;
            if fixture.completed {
                let request = CompleteTaskRequest { id, ..Default::default() };
                client.complete_task(request).await.expect("a completed task");
            }
        }
    }
}

impl Fixture {
    fn task(&self) -> Task {
        let priorities = HashMap::from([
            ("low", Priority::Low),
            ("medium", Priority::Medium),
            ("high", Priority::High),
        ]);
        let due = self.due.as_deref().map(|due| {
            let due = DateTime::parse_from_rfc3339(due).expect("a time");
            Timestamp { seconds: due.timestamp(), nanos: 0 }
        });
        Task {
            title: self.title.clone(),
            description: self.description.clone(),
            due_time: due,
            priority: self.priority.as_deref().map_or(0, |name| priorities[name].into()),
            labels: self.labels.clone(),
            ..Task::default()
        }
    }
}

impl std::fmt::Display for Row {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { say, after, calls, answer } = self;
        write!(out, "{say:?} after {after:?}\n  must do {calls:?} and say {answer:?}")
    }
}

fn calls(answer: &ChatResponse) -> Vec<Call> {
    let call = |call: &tandem_proto::chat::ToolCall| Call {
        name: call.name.clone(),
        arguments: call.arguments.as_ref().map(object).unwrap_or_default(),
    };
    answer.tool_calls.iter().map(call).collect()
}

fn contains_all(answer: &ChatResponse, texts: &[String]) -> bool {
    texts.iter().all(|text| answer.response.contains(text.as_str()))
}

database_tests! {
    tests:
        phrasings_give_their_tool_calls,
        harmless_messages_change_nothing;
}
