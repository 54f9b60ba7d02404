//! Text comes back as it was written: in Unicode NFC, without control characters and overrides, and
//! otherwise untouched, whatever it would mean to a terminal, a browser or a database.

mod any;

use std::collections::BTreeMap;

use tandem_llm::Chunk;
use tandem_proto::chat::{
    Conversation, CreateConversationRequest, CreateMessageRequest, CreateMessageResponse,
    GetMessageRequest, Message,
};
use tandem_proto::task::{CreateTaskRequest, GetTaskRequest, Task, UpdateTaskRequest};

use crate::support::app::{App, Start};
use crate::support::controlled_model as puppet;

/// What is written, and what has to come back.
const TEXTS: [(&str, &str); 12] = [
    ("buy 🥛 and 👩‍👩‍👧‍👦 🇩🇪", "buy 🥛 and 👩‍👩‍👧‍👦 🇩🇪"),
    ("cafe\u{301} A\u{30a} \u{1112}\u{1161}\u{11ab}", "café Å 한"),
    ("q\u{307}\u{323}", "q\u{323}\u{307}"),
    ("شراء \u{2067}Milk\u{2069} חלב \u{200f}", "شراء \u{2067}Milk\u{2069} חלב \u{200f}"),
    ("<script>alert('x')</script>", "<script>alert('x')</script>"),
    ("a &amp; b &lt; \"c\" \\ %s {0} ${d}", "a &amp; b &lt; \"c\" \\ %s {0} ${d}"),
    ("'; DROP TABLE tasks; --", "'; DROP TABLE tasks; --"),
    ("ｆｕｌｌ ﬁ ² №", "ｆｕｌｌ ﬁ ² №"),
    ("two\nlines\tand a tab", "two\nlines\tand a tab"),
    (" \u{a0}\n trimmed \t\u{2003}", "trimmed"),
    ("n\0u\u{1b}[31ml\r\n\u{7f}\u{9f}\u{85}l", "nu[31ml\nl"),
    ("\u{202e}desrever\u{202d} e\u{0}\u{301}", "desrever é"),
];

async fn task(app: &App, title: &str, description: &str, label: &str) -> Task {
    let (title, description) = (title.to_owned(), description.to_owned());
    let task =
        Some(Task { title, description, labels: vec![label.to_owned()], ..Default::default() });
    let mut client = app.tasks_as("alice");
    let request = CreateTaskRequest { task, ..Default::default() };
    let created = client.create_task(request).await.expect("a task").into_inner();
    let get = GetTaskRequest { id: created.id.clone() };
    assert_eq!(client.get_task(get).await.expect("a task").into_inner(), created);
    created
}

async fn conversation(app: &App, title: &str) -> Conversation {
    let conversation = Some(Conversation { title: title.to_owned(), ..Default::default() });
    let request = CreateConversationRequest { conversation, ..Default::default() };
    app.chat_as("alice").create_conversation(request).await.expect("one").into_inner()
}

/// Posts a message in a new conversation, with metadata, and reads back what is stored.
async fn post(app: &App, content: &str, metadata: BTreeMap<String, String>) -> (Message, Message) {
    let conversation_id = conversation(app, "").await.id;
    let content = content.to_owned();
    let request = CreateMessageRequest { conversation_id, content, metadata, ..Default::default() };
    let mut client = app.chat_as("alice");
    let answer = client.create_message(request).await.expect("an answer").into_inner();
    let CreateMessageResponse { user_message, assistant_message, .. } = answer;
    let (message, answer) = (user_message.expect("it"), assistant_message.expect("an answer"));
    let get = GetMessageRequest { id: message.id.clone() };
    assert_eq!(client.get_message(get).await.expect("it").into_inner(), message);
    (message, answer)
}

/// A system whose model says back what it reads.
async fn parrot() -> App {
    let model = puppet::scripted(|prompt| vec![Chunk::Text(puppet::newest(prompt).to_owned())]);
    App::start_with(Start { model, ..Start::default() }).await
}

async fn titles_descriptions_and_labels_come_back_as_written() {
    let app = App::start().await;
    for (written, stored) in TEXTS {
        let created = task(&app, written, written, written).await;
        let (title, description) = (created.title.as_str(), created.description.as_str());
        assert_eq!((title, description), (stored, stored));
        assert_eq!(created.labels, [stored]);
        assert_eq!(conversation(&app, written).await.title, stored);

        let plain = task(&app, "plain", "plain", "plain").await;
        let (title, description) = (written.to_owned(), written.to_owned());
        let task = Some(Task { id: plain.id, title, description, ..Default::default() });
        let update = UpdateTaskRequest { task, ..Default::default() };
        let updated = app.tasks_as("alice").update_task(update).await.expect("a task").into_inner();
        assert_eq!((updated.title.as_str(), updated.description.as_str()), (stored, stored));
    }
}

async fn messages_and_their_metadata_come_back_as_written_and_so_does_the_model_read_them() {
    let app = parrot().await;
    for (written, stored) in TEXTS {
        let metadata = |text: &str| BTreeMap::from([(stored.to_owned(), text.to_owned())]);
        let (message, answer) = post(&app, written, metadata(written)).await;
        assert_eq!((message.content.as_str(), answer.content.as_str()), (stored, stored));
        assert_eq!(message.metadata, metadata(stored));
    }
}

async fn labels_that_clean_to_the_same_are_one() {
    let app = App::start().await;
    let labels = ["café", " cafe\u{301}", "caf\0é", "tea"].map(str::to_owned).to_vec();
    let task = Some(Task { title: "shop".to_owned(), labels, ..Default::default() });
    let request = CreateTaskRequest { task, ..Default::default() };
    let created = app.tasks_as("alice").create_task(request).await.expect("a task").into_inner();
    assert_eq!(created.labels, ["café", "tea"]);
}

async fn characters_are_counted_once_the_text_is_clean() {
    let app = App::start().await;
    let astral = "🥛".repeat(200);
    let created = task(&app, &astral, &"𝔘".repeat(10_000), &"🏠".repeat(50)).await;
    assert_eq!((created.title, created.description.chars().count()), (astral, 10_000));
    // 400 characters that compose to 200, and as many again that are removed.
    let written = format!("  {}  ", "e\u{301}\0\u{202e}".repeat(200));
    assert_eq!(task(&app, &written, "", "x").await.title, "é".repeat(200));
    // Nothing is escaped before it is counted.
    let markup = "<&>'".repeat(50);
    assert_eq!(task(&app, &markup, "", "x").await.title, markup);
}

async fn ten_thousand_characters_of_anything_are_a_message() {
    let app = parrot().await;
    for one in ["<", "🥛", "é", "x", "a b", "\n-"] {
        let most = one.chars().cycle().take(9_999).collect::<String>() + ".";
        let most = most.trim_start().to_owned();
        let (message, answer) = post(&app, &format!(" \0{most} "), BTreeMap::new()).await;
        assert_eq!((message.content, answer.content), (most.clone(), most));
    }
}

async fn the_built_in_model_takes_as_long_a_message_as_any() {
    let app = App::start().await;
    for one in ["add x, ", "🥛", "and ", "task 1 ", "\"", "due tomorrow at 5 "] {
        let most = one.chars().cycle().take(9_999).collect::<String>() + ".";
        let (message, _) = post(&app, &most, BTreeMap::new()).await;
        assert_eq!(message.content, most);
    }
}

async fn what_a_model_writes_is_kept_but_for_what_no_database_holds() {
    let text = "<b>é</b> e\u{301} \u{202e}\0 \u{1}\n";
    let model = puppet::scripted(move |_| vec![puppet::text(text)]);
    let app = App::start_with(Start { model, ..Start::default() }).await;
    let (_, answer) = post(&app, "hello", BTreeMap::new()).await;
    assert_eq!(answer.content, text.replace('\0', ""));
}

database_tests! {
    modules:
        any;
    tests:
        titles_descriptions_and_labels_come_back_as_written,
        messages_and_their_metadata_come_back_as_written_and_so_does_the_model_read_them,
        labels_that_clean_to_the_same_are_one,
        characters_are_counted_once_the_text_is_clean,
        ten_thousand_characters_of_anything_are_a_message,
        the_built_in_model_takes_as_long_a_message_as_any,
        what_a_model_writes_is_kept_but_for_what_no_database_holds;
}
