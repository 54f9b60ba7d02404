use std::collections::BTreeMap;

use proptest::prelude::*;
use prost_types::Timestamp;
use unicode_normalization::is_nfc;
use uuid::Uuid;

use super::text::is_clean;
use super::*;
use crate::chat::{ChatRequest, GetTurnRequest, ListConversationsRequest};
use crate::task::{CreateTaskRequest, GetTaskRequest, ListTasksRequest, Task, TaskFilter};

/// What goes wrong in texts, and any other character.
fn text(longest: usize) -> impl Strategy<Value = String> {
    let odd =
        "\0\t\n\r\u{1b}\u{7f}\u{9f} \u{a0}\u{2003}\u{202a}\u{202c}\u{202d}\u{202e}\u{2066}\u{2069}\
               e\u{301}\u{327}\u{1100}\u{1161}\u{11a8}\u{958}\u{1d160}<&🥛ب"
            .chars()
            .collect::<Vec<_>>();
    let one =
        prop_oneof![proptest::sample::select(odd), any::<char>(), proptest::char::range('a', 'z')];
    proptest::collection::vec(one, 0..longest).prop_map(|all| all.into_iter().collect())
}

fn is_kept(c: char) -> bool {
    matches!(c, '\t' | '\n') || !(c.is_control() || matches!(c, '\u{202d}' | '\u{202e}'))
}

fn titled(title: &str) -> CreateTaskRequest {
    let task = Task { title: title.to_owned(), ..Task::default() };
    CreateTaskRequest { task: Some(task), ..CreateTaskRequest::default() }
}

/// The fields that break a rule.
fn faulty(message: &mut impl Check) -> Vec<String> {
    let mut faults = Vec::new();
    message.check("", &mut faults);
    faults.into_iter().map(|fault| fault.field).collect()
}

proptest! {
    #[test]
    fn cleaning_leaves_nfc_without_controls_and_overrides_and_space_at_the_ends(text in text(40)) {
        let clean = clean(&text);
        prop_assert!(is_nfc(&clean));
        prop_assert!(clean.chars().all(is_kept), "{clean:?}");
        prop_assert_eq!(clean.trim(), &clean);
        // Three is how much NFC may lengthen a text (UAX #15).
        prop_assert!(clean.chars().count() <= 3 * text.chars().count());
    }

    #[test]
    fn cleaning_changes_nothing_exactly_where_a_text_is_clean(text in text(8)) {
        let once = clean(&text);
        prop_assert_eq!(clean(&once), once.as_str());
        prop_assert!(is_clean(&once));
        prop_assert_eq!(is_clean(&text), once == text);
    }

    #[test]
    fn what_a_keyboard_writes_is_only_trimmed(text in "[ -~\t\n]{0,40}") {
        prop_assert_eq!(clean(&text), text.trim());
    }

    #[test]
    fn a_title_is_accepted_exactly_if_it_has_1_to_200_characters_once_cleaned(text in text(240)) {
        let mut request = titled(&text);
        let refused = !faulty(&mut request).is_empty();
        let chars = clean(&text).chars().count();
        prop_assert_eq!(refused, !(1..=200).contains(&chars));
        if !text.is_empty() {
            prop_assert_eq!(request.task.map(|task| task.title), Some(clean(&text)));
        }
    }

    #[test]
    fn checking_again_finds_the_same(title in text(8), label in text(4), key in text(4)) {
        let mut request = titled(&title);
        request.task.get_or_insert_default().labels.push(label);
        request.request_id = key;
        let first = faulty(&mut request);
        let cleaned = request.clone();
        prop_assert_eq!(faulty(&mut request), first);
        prop_assert_eq!(request, cleaned);
    }
}

#[test]
fn a_removed_character_does_not_keep_its_neighbours_from_composing() {
    assert_eq!(clean("cafe\0\u{301}"), "café");
    assert_eq!(clean("\u{202e}a\u{200f}\u{2066}b\u{2069}\r\n"), "a\u{200f}\u{2066}b\u{2069}");
}

#[test]
fn characters_are_counted_and_not_bytes() {
    assert!(faulty(&mut titled(&"🥛".repeat(200))).is_empty());
    assert!(faulty(&mut titled(&format!(" {}\0 ", "a\u{301}".repeat(200)))).is_empty());
    assert_eq!(faulty(&mut titled(&"🥛".repeat(201))), ["task.title"]);
}

#[test]
fn every_fault_is_named_with_its_path() {
    let (long, labels) = ("x".repeat(10_001), [" ".to_owned(), "x".repeat(51)]);
    let labels = labels.into_iter().chain((0..19).map(|n| n.to_string())).collect();
    let due_time = Some(Timestamp { seconds: 253_402_300_800, nanos: 0 });
    let task = Task { description: long, priority: 9, due_time, labels, ..Task::default() };
    let request_id = "with space".to_owned();
    let mut request = CreateTaskRequest { task: Some(task), request_id };
    let fields =
        ["title", "description", "priority", "due_time", "labels", "labels[0]", "labels[1]"];
    let fields = fields.map(|field| format!("task.{field}"));
    assert_eq!(faulty(&mut request), [fields.as_slice(), &["request_id".to_owned()]].concat());
}

#[test]
fn what_the_service_sets_is_not_checked() {
    let create_time = Some(Timestamp { seconds: i64::MAX, nanos: -1 });
    let id = "no id".to_owned();
    let task =
        Task { id, title: "a".to_owned(), status: 9, number: -1, create_time, ..Task::default() };
    let mut request = CreateTaskRequest { task: Some(task), ..CreateTaskRequest::default() };
    assert!(faulty(&mut request).is_empty());
}

#[test]
fn a_missing_message_and_a_missing_id_are_required() {
    assert_eq!(faulty(&mut CreateTaskRequest::default()), ["task"]);
    assert_eq!(faulty(&mut GetTaskRequest::default()), ["id"]);
}

#[test]
fn only_the_hyphenated_form_is_a_uuid() {
    let id = Uuid::from_u128(7);
    let others = [id.simple().to_string(), id.braced().to_string(), id.urn().to_string()];
    let nearly = [format!("{id} "), format!("{id}").replace('0', "g"), "7".to_owned()];
    for id in others.into_iter().chain(nearly) {
        assert_eq!(faulty(&mut GetTurnRequest { id, view: 0 }), ["id"]);
    }
    assert!(faulty(&mut GetTurnRequest { id: id.to_string(), view: 0 }).is_empty());
    assert_eq!(faulty(&mut GetTurnRequest { id: id.to_string(), view: -1 }), ["view"]);
}

#[test]
fn numbers_may_not_be_negative_where_that_means_nothing() {
    let filter = Some(TaskFilter { number: -1, ..TaskFilter::default() });
    let mut tasks = ListTasksRequest { page_size: i32::MIN, filter, ..Default::default() };
    assert_eq!(faulty(&mut tasks), ["page_size", "filter.number"]);
    let mut all = ListConversationsRequest { page_size: i32::MAX, ..Default::default() };
    assert!(faulty(&mut all).is_empty());
}

#[test]
fn values_of_a_map_are_cleaned_and_its_keys_are_refused_instead() {
    let metadata = |key: &str, value: &str| ChatRequest {
        message: "hello".to_owned(),
        metadata: BTreeMap::from([(key.to_owned(), value.to_owned())]),
        ..ChatRequest::default()
    };
    let mut request = metadata("k", " e\u{301}\0 ");
    assert!(faulty(&mut request).is_empty());
    assert_eq!(request, metadata("k", "é"));
    for key in ["", " k", "k\0", "e\u{301}", &"k".repeat(65)] {
        assert_eq!(faulty(&mut metadata(key, "v")), ["metadata"], "{key:?}");
    }
    assert_eq!(faulty(&mut metadata("k", &"v".repeat(513))), ["metadata[\"k\"]"]);
    let mut many = metadata("k", "v");
    many.metadata.extend((0..16).map(|n| (n.to_string(), String::new())));
    assert_eq!(faulty(&mut many), ["metadata"]);
}
