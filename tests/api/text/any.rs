//! Any text at all: it is refused for its length, or it comes back as cleaning leaves it.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use tandem_proto::chat::{Conversation, CreateConversationRequest};
use tandem_proto::rules::clean;
use tandem_proto::task::{CreateTaskRequest, Task};
use tokio::runtime::Runtime;
use tonic::Code;

use super::{parrot, post};
use crate::support::app::App;

/// How many texts are tried: each is a handful of calls to one running system.
const CASES: u32 = 24;

/// What goes wrong in texts, and any other character.
fn any_text(longest: usize) -> impl Strategy<Value = String> {
    let odd = "\0\t\n\r\u{1b}\u{7f} \u{a0}\u{202a}\u{202d}\u{202e}\u{2066}\u{2069}e\u{301}\u{327}\
               \u{1100}\u{1161}\u{958}\u{feff}\u{2028}<&'\"\\🥛ب";
    let odd = proptest::sample::select(odd.chars().collect::<Vec<_>>());
    proptest::collection::vec(prop_oneof![odd, any::<char>()], 0..longest)
        .prop_map(|all| all.into_iter().collect())
}

/// Tries texts on a system that runs.
fn try_texts(longest: usize, check: impl AsyncFn(&App, String) -> Result<(), TestCaseError>) {
    let runtime = Runtime::new().expect("a runtime");
    let app = runtime.block_on(parrot());
    // Nothing is written down for the next run: a failure prints the text that it is about.
    let config = Config { cases: CASES, failure_persistence: None, ..Config::default() };
    let run =
        TestRunner::new(config).run(&any_text(longest), |text| runtime.block_on(check(&app, text)));
    run.expect("every text is refused or comes back");
}

fn fits(text: &str, fewest: usize, most: usize) -> bool {
    (fewest..=most).contains(&clean(text).chars().count())
}

async fn check_task(app: &App, text: String) -> Result<(), TestCaseError> {
    let (title, description) = (text.clone(), text.clone());
    let task = Some(Task { title, description, ..Default::default() });
    let request = CreateTaskRequest { task, ..Default::default() };
    match app.tasks_as("alice").create_task(request).await {
        Ok(created) => {
            let created = created.into_inner();
            prop_assert!(fits(&text, 1, 200));
            prop_assert_eq!((&created.title, &created.description), (&clean(&text), &clean(&text)));
        }
        Err(status) => {
            prop_assert_eq!(status.code(), Code::InvalidArgument);
            prop_assert!(!fits(&text, 1, 200));
        }
    }
    Ok(())
}

async fn check_conversation(app: &App, text: String) -> Result<(), TestCaseError> {
    let conversation = Some(Conversation { title: text.clone(), ..Default::default() });
    let request = CreateConversationRequest { conversation, ..Default::default() };
    match app.chat_as("alice").create_conversation(request).await {
        Ok(created) => prop_assert_eq!(created.into_inner().title, clean(&text)),
        Err(status) => {
            prop_assert_eq!(status.code(), Code::InvalidArgument);
            prop_assert!(!fits(&text, 0, 200));
        }
    }
    Ok(())
}

async fn check_message(app: &App, text: String) -> Result<(), TestCaseError> {
    let metadata = BTreeMap::from([("note".to_owned(), text.clone())]);
    let (message, answer) = post(app, &format!("{text}."), metadata).await;
    prop_assert_eq!(&message.content, &clean(&format!("{text}.")));
    prop_assert_eq!(answer.content, message.content);
    prop_assert_eq!(message.metadata.get("note"), Some(&clean(&text)));
    Ok(())
}

fn any_text_is_refused_for_its_length_or_comes_back_in_a_task() {
    try_texts(260, check_task);
}

fn any_text_is_refused_for_its_length_or_comes_back_in_a_conversation() {
    try_texts(260, check_conversation);
}

fn any_text_comes_back_in_a_message_and_its_metadata() {
    try_texts(100, check_message);
}

database_tests! {
    own_runtime:
        any_text_is_refused_for_its_length_or_comes_back_in_a_task,
        any_text_is_refused_for_its_length_or_comes_back_in_a_conversation,
        any_text_comes_back_in_a_message_and_its_metadata;
}
