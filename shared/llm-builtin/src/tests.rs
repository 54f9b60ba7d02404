//! The model as the agent calls it: prompts in, chunks out.

use chrono::{DateTime, TimeZone as _};
use chrono_tz::Tz;
use futures::StreamExt as _;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::reply::{Reply, generate_reply};
use super::{Builtin, Chunk};
use tandem_llm::{Entry, Model as _, Prompt, ToolCall};

/// Monday, 2 March 2026, 10:00 in Berlin.
pub(super) fn monday() -> DateTime<Tz> {
    let moment = chrono_tz::Europe::Berlin.with_ymd_and_hms(2026, 3, 2, 10, 0, 0);
    moment.single().expect("no clock change then")
}

fn prompt(entries: Vec<Entry>) -> Prompt {
    Prompt {
        system: String::new(),
        entries,
        tools: Vec::new(),
        now: monday(),
        max_output_tokens: 4_096,
    }
}

fn user(text: &str) -> Entry {
    Entry::User(text.to_owned())
}

fn assistant(text: &str) -> Entry {
    Entry::Assistant { text: text.to_owned(), calls: Vec::new() }
}

fn reply_to(message: &str) -> Reply {
    generate_reply(&prompt(vec![user(message)]))
}

/// Runs the turn of a message with this result for every call; returns the calls and the text.
fn run_turn(message: &str, result: &Value) -> (Vec<ToolCall>, String) {
    let mut entries = vec![user(message)];
    let mut made = Vec::new();
    loop {
        let Reply { text, calls } = generate_reply(&prompt(entries.clone()));
        if calls.is_empty() {
            return (made, text);
        }
        entries.push(Entry::Assistant { text, calls: calls.clone() });
        entries.extend(calls.iter().map(|call| Entry::ToolResult {
            call_id: call.id.clone(),
            name: call.name.clone(),
            result: result.clone(),
        }));
        made.extend(calls);
    }
}

#[test]
fn call_ids_are_numbered_per_turn() {
    let found = json!({"status": "ok", "tasks": [{"number": 4, "title": "report"}], "more": false});
    let (calls, _) = run_turn("add soap, complete the report one", &found);
    let ids: Vec<&str> = calls.iter().map(|call| call.id.as_str()).collect();
    let names: Vec<&str> = calls.iter().map(|call| call.name.as_str()).collect();
    assert_eq!(ids, ["call_1", "call_2", "call_3"]);
    assert_eq!(names, ["add_task", "list_tasks", "complete_task"]);
}

#[test]
fn unavailable_service_is_reported() {
    let unavailable =
        json!({"status": "error", "code": "UNAVAILABLE", "message": "connect: refused"});
    for message in ["add soap", "show my list", "complete 3", "delete the milk one"] {
        let (_, text) = run_turn(message, &unavailable);
        assert!(text.contains("not available right now"), "{message}: {text}");
        assert!(!text.contains("refused"), "{message}: {text}");
    }
}

#[test]
fn work_over_call_limit_is_reported() {
    let created = json!({"status": "created", "number": 1, "title": "x"});
    let titles: Vec<String> = (1..=18).map(|number| format!("thing {number}")).collect();
    let (calls, text) = run_turn(&format!("add tasks: {}", titles.join(", ")), &created);
    assert_eq!(calls.len(), 16);
    assert!(text.contains("\"thing 17\", \"thing 18\""), "{text}");
}

#[test]
fn lookups_stop_at_response_limit() {
    let found = json!({"status": "ok", "tasks": [{"number": 4, "title": "alpha"}], "more": false});
    let message = "complete the alpha one. ".repeat(12);
    let (calls, text) = run_turn(&message, &found);
    assert!(calls.len() <= 16);
    assert!(text.contains("Still to do"), "{text}");
}

#[test]
fn foreign_turn_is_not_repeated() {
    let call = ToolCall {
        id: "x".into(),
        name: "add_task".into(),
        arguments: json!({"title": "Milk"}),
        ..ToolCall::default()
    };
    let result = json!({"status": "created", "number": 1, "title": "Milk"});
    let entries = vec![
        user("add milk"),
        Entry::Assistant { text: String::new(), calls: vec![call] },
        Entry::ToolResult { call_id: "x".into(), name: "add_task".into(), result },
    ];
    let answer = generate_reply(&prompt(entries));
    assert!(answer.calls.is_empty());
    assert!(!answer.text.is_empty());
}

#[test]
fn titles_are_not_parsed_as_options() {
    let question = "Which task do you mean by \"call\"?\n2: call mom\n3: call 9: never";
    let entries = vec![user("delete call"), assistant(question), user("9")];
    assert!(generate_reply(&prompt(entries)).calls.is_empty());
}

#[test]
fn token_limit_cuts_at_a_line() {
    let mut small = prompt(vec![user("help")]);
    small.max_output_tokens = 30;
    let text = generate_reply(&small).text;
    assert!(!text.is_empty() && text.len() <= 120);
    assert!(reply_to("help").text.starts_with(&text));
}

#[test]
fn chunks_join_to_the_text() {
    let stream = Builtin.respond(prompt(vec![user("help")])).collect::<Vec<_>>();
    let chunks = futures::executor::block_on(stream);
    let mut text = String::new();
    let mut pieces = 0;
    for chunk in &chunks {
        if let Ok(Chunk::Text(piece)) = chunk {
            text.push_str(piece);
            pieces += 1;
        }
    }
    assert_eq!(text, reply_to("help").text);
    assert!(pieces > 5);
    assert!(matches!(chunks.last(), Some(Ok(Chunk::Usage(usage))) if usage.output_tokens > 0));
}

/// Words that contain no command for a change.
const HARMLESS_WORDS: &str = "milk the dentist tomorrow 3 #4 #work high priority task tasks my \
    list all report please hey monday 5pm , . ? ! \" ' and then or not don't it them one second \
    urgent with to";

fn harmless_text() -> impl Strategy<Value = String> {
    let words: Vec<&str> = HARMLESS_WORDS.split_whitespace().collect();
    proptest::collection::vec(proptest::sample::select(words), 0..12)
        .prop_map(|words| words.join(" "))
}

/// A title without quotation marks, blank ends and line breaks.
const QUOTABLE: &str = "[^\"”\\p{White_Space}\\p{Cc}][^\"”\r\n]{0,80}[^\"”\\p{White_Space}\\p{Cc}]";

/// Commands around any text.
fn command() -> impl Strategy<Value = String> {
    let frames =
        vec!["add {}", "delete {}", "remind me to {}", "rename 2 to {}", "\"{}\" is done", "{}"];
    (proptest::sample::select(frames), any::<String>())
        .prop_map(|(frame, text)| frame.replace("{}", &text))
}

proptest! {
    #[test]
    fn any_text_gets_a_reply(text in any::<String>()) {
        let Reply { text, calls } = reply_to(&text);
        prop_assert!(!text.is_empty() || !calls.is_empty());
    }

    #[test]
    fn any_command_gets_a_reply(text in command(), before in command()) {
        let question = assistant("Which task do you mean by \"a\"?\n1: a");
        let entries = vec![user(&before), question, user(&text)];
        let Reply { text, calls } = generate_reply(&prompt(entries));
        prop_assert!(!text.is_empty() || !calls.is_empty());
    }

    #[test]
    fn harmless_text_changes_nothing(text in harmless_text()) {
        let calls = reply_to(&text).calls;
        prop_assert!(calls.iter().all(|call| call.name == "list_tasks"), "{calls:?}");
    }

    #[test]
    fn quoted_title_is_kept_exactly(title in QUOTABLE) {
        let calls = reply_to(&format!("add \"{title}\"")).calls;
        prop_assert_eq!(&calls[0].arguments["title"], &json!(title));
    }
}
