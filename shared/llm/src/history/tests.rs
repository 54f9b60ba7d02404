//! Conversations that some provider refuses as they are.

use super::*;
use crate::Signature;

fn prompt(entries: Vec<Entry>) -> Prompt {
    let now = tandem_clock::Clock::system().now().to_datetime();
    Prompt {
        system: String::new(),
        entries,
        tools: tandem_task_tools::Toolbox::list_tools(),
        now: now.with_timezone(&chrono_tz::Tz::UTC),
        max_output_tokens: 1,
    }
}

fn normalize(entries: Vec<Entry>) -> Vec<Entry> {
    normalize_entries(&prompt(entries), "me")
}

fn call(id: &str) -> ToolCall {
    ToolCall { id: id.to_owned(), name: "add_task".to_owned(), ..ToolCall::default() }
}

fn call_of(provider: &str, id: &str) -> ToolCall {
    let (provider, call_id) = (provider.to_owned(), id.to_owned());
    ToolCall { signature: Some(Signature { provider, call_id, data: None }), ..call(id) }
}

fn calls(ids: &[&str]) -> Entry {
    said("", ids.iter().map(|id| call(id)).collect())
}

fn said(text: &str, calls: Vec<ToolCall>) -> Entry {
    Entry::Assistant { text: text.to_owned(), calls }
}

fn result(id: &str) -> Entry {
    let (call_id, name) = (id.to_owned(), "add_task".to_owned());
    Entry::ToolResult { call_id, name, result: Value::Null }
}

fn user() -> Entry {
    Entry::User("hi".to_owned())
}

/// The ids of the calls in a normalized conversation.
fn ids(entries: &[Entry]) -> Vec<&str> {
    let calls = entries.iter().flat_map(|entry| match entry {
        Entry::Assistant { calls, .. } => calls.as_slice(),
        _ => &[],
    });
    calls.map(|call| call.id.as_str()).collect()
}

#[test]
fn call_ids_are_unique_over_all_turns() {
    let (first, second) = (calls(&["1", "2"]), calls(&["1"]));
    let entries = vec![
        user(),
        first,
        result("2"),
        result("1"),
        said("So.", vec![]),
        user(),
        second,
        result("1"),
    ];
    let expected = [
        user(),
        calls(&["call00001", "call00002"]),
        result("call00002"),
        result("call00001"),
        said("So.", vec![]),
        user(),
        calls(&["call00003"]),
        result("call00003"),
    ];
    assert_eq!(normalize(entries), expected);
}

#[test]
fn own_ids_are_kept_if_unique() {
    let own = said("", vec![call_of("me", "call00001"), call_of("you", "b"), call_of("me", "c")]);
    let again = said("", vec![call_of("me", "c")]);
    let entries =
        vec![user(), own, result("call00001"), result("b"), result("c"), again, result("c")];
    let seen = normalize(entries);
    assert_eq!(ids(&seen), ["call00001", "call00002", "c", "call00003"]);
    let answered = seen.iter().filter_map(|entry| match entry {
        Entry::ToolResult { call_id, .. } => Some(call_id.as_str()),
        _ => None,
    });
    assert_eq!(answered.collect::<Vec<_>>(), ids(&seen));
    let Entry::Assistant { calls, .. } = &seen[1] else { panic!("{seen:?}") };
    assert_eq!(calls[1].signature, None, "of another provider");
}

#[test]
fn history_starts_with_the_user() {
    let entries = vec![calls(&["1"]), result("1"), user(), calls(&[]), said("\n\n", vec![])];
    assert_eq!(normalize(entries), [user()], "and blank messages are dropped");
}

#[test]
fn user_and_assistant_alternate() {
    let no_answer = || said("(no answer)", vec![]);
    let entries = vec![user(), user(), calls(&["1"]), result("1"), user()];
    let (call, done) = (calls(&["call00001"]), result("call00001"));
    let expected = [user(), no_answer(), user(), call, done, no_answer(), user()];
    assert_eq!(normalize(entries), expected);
}

#[test]
fn every_call_has_a_result() {
    let seen = normalize(vec![user(), calls(&["1", "2"]), result("2"), result("x"), user()]);
    let names = seen.iter().map(|entry| match entry {
        Entry::User(_) => "user",
        Entry::Assistant { .. } => "assistant",
        Entry::ToolResult { .. } => "result",
    });
    let expected = ["user", "assistant", "result", "result", "assistant", "user"];
    assert_eq!(names.collect::<Vec<_>>(), expected);
}

#[test]
fn invented_names_are_replaced() {
    let invented = ToolCall { name: "functions.add task".to_owned(), ..call("1") };
    let seen = normalize(vec![user(), said("", vec![invented])]);
    let [_, Entry::Assistant { calls, .. }, Entry::ToolResult { name, .. }] = &seen[..] else {
        panic!("{seen:?}")
    };
    assert_eq!((calls[0].name.as_str(), name.as_str()), (UNKNOWN_TOOL, UNKNOWN_TOOL));
}
