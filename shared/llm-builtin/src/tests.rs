//! The model as the agent sees it: prompts in, chunks out.

use chrono::{DateTime, TimeZone as _};
use chrono_tz::Tz;
use futures::StreamExt as _;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::reply::{Reply, reply};
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

fn said(text: &str) -> Entry {
    Entry::Assistant { text: text.to_owned(), calls: Vec::new() }
}

fn answer_to(message: &str) -> Reply {
    reply(&prompt(vec![user(message)]))
}

/// The calls of a message that is answered with this result to every call.
fn answer_with(message: &str, result: &Value) -> (Vec<ToolCall>, String) {
    let mut entries = vec![user(message)];
    let mut made = Vec::new();
    loop {
        let Reply { text, calls } = reply(&prompt(entries.clone()));
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
fn call_ids_count_over_the_whole_turn() {
    let found = json!({"status": "ok", "tasks": [{"number": 4, "title": "report"}], "more": false});
    let (calls, _) = answer_with("add soap, complete the report one", &found);
    let ids: Vec<&str> = calls.iter().map(|call| call.id.as_str()).collect();
    let names: Vec<&str> = calls.iter().map(|call| call.name.as_str()).collect();
    assert_eq!(ids, ["call_1", "call_2", "call_3"]);
    assert_eq!(names, ["add_task", "list_tasks", "complete_task"]);
}

#[test]
fn an_unavailable_service_is_named_and_nothing_is_claimed() {
    let away = json!({"status": "error", "code": "UNAVAILABLE", "message": "connect: refused"});
    for message in ["add soap", "show my list", "complete 3", "delete the milk one"] {
        let (_, text) = answer_with(message, &away);
        assert!(text.contains("not available right now"), "{message}: {text}");
        assert!(!text.contains("refused"), "{message}: {text}");
    }
}

#[test]
fn what_does_not_fit_into_a_turn_is_named() {
    let created = json!({"status": "created", "number": 1, "title": "x"});
    let titles: Vec<String> = (1..=18).map(|number| format!("thing {number}")).collect();
    let (calls, text) = answer_with(&format!("add tasks: {}", titles.join(", ")), &created);
    assert_eq!(calls.len(), 16);
    assert!(text.contains("\"thing 17\", \"thing 18\""), "{text}");
}

#[test]
fn lookups_end_before_the_turn_runs_out_of_answers() {
    let found = json!({"status": "ok", "tasks": [{"number": 4, "title": "alpha"}], "more": false});
    let message = "complete the alpha one. ".repeat(12);
    let (calls, text) = answer_with(&message, &found);
    assert!(calls.len() <= 16);
    assert!(text.contains("Still to do"), "{text}");
}

#[test]
fn a_turn_that_another_model_began_is_not_done_twice() {
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
    let answer = reply(&prompt(entries));
    assert!(answer.calls.is_empty());
    assert!(!answer.text.is_empty());
}

#[test]
fn a_title_in_an_answer_is_no_option_of_a_question() {
    let question = "Which task do you mean by \"call\"?\n2: call mom\n3: call 9: never";
    let entries = vec![user("delete call"), said(question), user("9")];
    assert!(reply(&prompt(entries)).calls.is_empty());
}

#[test]
fn a_small_budget_cuts_the_text_at_a_line() {
    let mut small = prompt(vec![user("help")]);
    small.max_output_tokens = 30;
    let text = reply(&small).text;
    assert!(!text.is_empty() && text.len() <= 120);
    assert!(answer_to("help").text.starts_with(&text));
}

#[test]
fn the_chunks_join_to_the_text() {
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
    assert_eq!(text, answer_to("help").text);
    assert!(pieces > 5);
    assert!(matches!(chunks.last(), Some(Ok(Chunk::Usage(usage))) if usage.output_tokens > 0));
}

/// Words without an order among them.
const HARMLESS_WORDS: &str = "milk the dentist tomorrow 3 #4 #work high priority task tasks my \
    list all report please hey monday 5pm , . ? ! \" ' and then or not don't it them one second \
    urgent with to";

fn harmless_text() -> impl Strategy<Value = String> {
    let words: Vec<&str> = HARMLESS_WORDS.split_whitespace().collect();
    proptest::collection::vec(proptest::sample::select(words), 0..12)
        .prop_map(|words| words.join(" "))
}

/// A title without the quotation marks that are put around it.
const QUOTABLE: &str = "[^\"”\\p{White_Space}\\p{Cc}][^\"”\r\n]{0,80}[^\"”\\p{White_Space}\\p{Cc}]";

/// Orders around any text.
fn order() -> impl Strategy<Value = String> {
    let frames =
        vec!["add {}", "delete {}", "remind me to {}", "rename 2 to {}", "\"{}\" is done", "{}"];
    (proptest::sample::select(frames), any::<String>())
        .prop_map(|(frame, text)| frame.replace("{}", &text))
}

proptest! {
    #[test]
    fn any_text_is_answered(text in any::<String>()) {
        let Reply { text, calls } = answer_to(&text);
        prop_assert!(!text.is_empty() || !calls.is_empty());
    }

    #[test]
    fn any_order_is_answered(text in order(), before in order()) {
        let question = said("Which task do you mean by \"a\"?\n1: a");
        let entries = vec![user(&before), question, user(&text)];
        let Reply { text, calls } = reply(&prompt(entries));
        prop_assert!(!text.is_empty() || !calls.is_empty());
    }

    #[test]
    fn text_without_an_order_changes_nothing(text in harmless_text()) {
        let calls = answer_to(&text).calls;
        prop_assert!(calls.iter().all(|call| call.name == "list_tasks"), "{calls:?}");
    }

    #[test]
    fn a_quoted_title_survives_exactly(title in QUOTABLE) {
        let calls = answer_to(&format!("add \"{title}\"")).calls;
        prop_assert_eq!(&calls[0].arguments["title"], &json!(title));
    }
}
