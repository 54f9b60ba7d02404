//! Resources of another user: every method responds exactly as for a resource that does not exist.

mod prompts;
mod tools;

use std::collections::BTreeSet;

use prost_reflect::{DescriptorPool, FieldDescriptor};
use prost_types::field_descriptor_proto::{Label, Type};
use prost_types::{DescriptorProto, FieldDescriptorProto, FileDescriptorProto};
use tandem_proto::chat::turn_event::Event;
use tandem_proto::chat::{
    ChatRequest, Conversation, ConversationView, CreateConversationRequest, CreateMessageRequest,
    DeleteConversationRequest, GetConversationRequest, GetTurnRequest, StreamMessageRequest, Turn,
};
use tandem_proto::task::{CreateTaskRequest, DeleteTaskRequest, ListTasksRequest, Task};
use tonic::{Code, Status};
use uuid::Uuid;

use crate::authentication::methods;
use crate::support::app::{App, Start};
use crate::support::by_id;
use crate::support::by_id::Ids;
use crate::support::controlled_model::controlled_model;
use crate::support::rpc::Refusal;

/// Creates a task.
async fn add(app: &App, user: &str, title: &str) -> Task {
    let task = Some(Task { title: title.to_owned(), ..Default::default() });
    let request = CreateTaskRequest { task, ..Default::default() };
    app.tasks_as(user).create_task(request).await.expect("a task").into_inner()
}

/// All tasks of a user, including deleted ones.
async fn tasks(app: &App, user: &str) -> Vec<Task> {
    let request = ListTasksRequest {
        show_deleted: true,
        order_by: "number".to_owned(),
        ..Default::default()
    };
    app.tasks_as(user).list_tasks(request).await.expect("a list").into_inner().tasks
}

/// A conversation with its messages.
async fn conversation(app: &App, user: &str, id: &str) -> Conversation {
    let view = ConversationView::Full.into();
    let request = GetConversationRequest { id: id.to_owned(), view, ..Default::default() };
    app.chat_as(user).get_conversation(request).await.expect("a conversation").into_inner()
}

/// A task and a conversation with a running turn, both of alice.
async fn live(app: &App) -> Ids {
    let task = add(app, "alice", "pay Zimmer").await.id;
    let new = app.chat_as("alice").create_conversation(CreateConversationRequest::default()).await;
    let conversation_id = new.expect("a conversation").into_inner().id;
    let content = "a secret".to_owned();
    let post = StreamMessageRequest { conversation_id, content, ..Default::default() };
    let mut events = app.chat_as("alice").stream_message(post).await.expect("a turn").into_inner();
    let first = events.message().await.expect("no error").expect("an event");
    let Some(Event::Started(started)) = first.event else { panic!("a beginning: {first:?}") };
    let message = started.user_message.expect("a message").id;
    Ids { task, conversation: started.conversation_id, message, turn: first.turn_id }
}

/// The same message and turn, with a deleted task and a deleted conversation.
async fn deleted(app: &App, live: &Ids) -> Ids {
    let task = add(app, "alice", "forget Zimmer").await.id;
    let delete = DeleteTaskRequest { id: task.clone(), ..Default::default() };
    app.tasks_as("alice").delete_task(delete).await.expect("a deleted task");
    let mut client = app.chat_as("alice");
    let new = client.create_conversation(CreateConversationRequest::default()).await;
    let conversation = new.expect("a conversation").into_inner().id;
    let delete = DeleteConversationRequest { id: conversation.clone(), ..Default::default() };
    client.delete_conversation(delete).await.expect("a deleted conversation");
    Ids { task, conversation, ..live.clone() }
}

fn nobodys() -> Ids {
    let id = || Uuid::now_v7().to_string();
    Ids { task: id(), conversation: id(), message: id(), turn: id() }
}

async fn alices(app: &App, ids: &Ids) -> (Vec<Task>, Conversation, Turn) {
    let turn = GetTurnRequest { id: ids.turn.clone(), ..Default::default() };
    let turn = app.chat_as("alice").get_turn(turn).await.expect("a turn").into_inner();
    (tasks(app, "alice").await, conversation(app, "alice", &ids.conversation).await, turn)
}

async fn foreign_and_missing_look_the_same() {
    let (model, mut model_calls) = controlled_model();
    let app = App::start_with(Start { model, ..Start::default() }).await;
    let live = live(&app).await;
    let unanswered = model_calls.next().await;
    let deleted = deleted(&app, &live).await;
    let before = alices(&app, &live).await;

    let mut seen = BTreeSet::new();
    for ids in [&nobodys(), &live, &deleted] {
        for (method, answer) in by_id::call_all(&app, "bob", ids).await {
            seen.insert(Refusal::of(&answer.expect_err(&method)));
        }
    }
    assert_eq!(seen.len(), 1, "every method returns the same refusal: {seen:#?}");
    assert!(seen.iter().all(|refusal| refusal.code() == Code::PermissionDenied));
    assert_eq!(alices(&app, &live).await, before);
    unanswered.answer("Here you are.");
}

/// The fields of a planted request, apart from those of the contract.
fn planted_fields(names: &[&str]) -> Vec<FieldDescriptor> {
    let field = |(number, name): (i32, &&str)| FieldDescriptorProto {
        name: Some((*name).to_owned()),
        number: Some(number),
        r#type: Some(Type::String.into()),
        label: Some(Label::Optional.into()),
        ..Default::default()
    };
    let message = DescriptorProto {
        name: Some("PlantedRequest".to_owned()),
        field: (1..).zip(names).map(field).collect(),
        ..Default::default()
    };
    let file = FileDescriptorProto {
        name: Some("planted.proto".to_owned()),
        message_type: vec![message],
        ..Default::default()
    };
    let mut pool = DescriptorPool::new();
    pool.add_file_descriptor_proto(file).expect("a planted contract");
    let message = pool.get_message_by_name("PlantedRequest").expect("a message");
    message.fields().collect()
}

async fn ids_of_any_name_are_found() {
    for field in planted_fields(&["id", "task_id", "turn_id", "task_ids", "name", "task_name"]) {
        assert!(by_id::selects_resource(&field), "{}", field.name());
    }
    for field in planted_fields(&["title", "request_id", "user_id", "valid", "rename", "etag"]) {
        assert!(!by_id::selects_resource(&field), "{}", field.name());
    }
    let get = methods().into_iter().find(|method| method.name() == "GetTask").expect("a method");
    let id = get.input().get_field_by_name("id").expect("a field");
    assert!(by_id::has_uuid_rule(&id));
}

async fn access_is_checked_before_validation() {
    let app = App::start().await;
    let new = app.chat_as("alice").create_conversation(CreateConversationRequest::default()).await;
    let alices = new.expect("a conversation").into_inner().id;
    let post = async |user: &str, conversation_id: String| {
        let model = "unheard-of".to_owned();
        let request = CreateMessageRequest { conversation_id, model, ..Default::default() };
        app.chat_as(user).create_message(request).await.expect_err("no message")
    };
    let code = |status: &Status| status.code();
    assert_eq!(code(&post("alice", alices.clone()).await), Code::InvalidArgument);
    let (not_his, not_there) =
        (post("bob", alices).await, post("bob", Uuid::now_v7().to_string()).await);
    assert_eq!(code(&not_his), Code::PermissionDenied);
    assert_eq!(Refusal::of(&not_his), Refusal::of(&not_there));
}

fn chat_request(message: &str, user_id: &str) -> ChatRequest {
    let (message, user_id) = (message.to_owned(), user_id.to_owned());
    ChatRequest { message, user_id, ..Default::default() }
}

async fn user_id_must_be_the_caller() {
    let app = App::start().await;
    let mut bob = app.chat_as("bob");
    let answer = bob
        .chat(chat_request("add water the plants", "bob"))
        .await
        .expect("an answer")
        .into_inner();
    let get = |user_id: &str| GetConversationRequest {
        id: answer.conversation_id.clone(),
        user_id: user_id.to_owned(),
        ..Default::default()
    };
    let found = bob.get_conversation(get("bob")).await.expect("his own").into_inner();
    let contents = found.messages.iter().map(|it| it.content.as_str()).collect::<Vec<_>>();
    assert_eq!(contents, ["add water the plants", answer.response.as_str()]);

    let other = bob.get_conversation(get("alice")).await.expect_err("another's path");
    assert_eq!(other.code(), Code::PermissionDenied);
    let as_alice =
        bob.chat(chat_request("add steal the plants", "alice")).await.expect_err("another's path");
    assert_eq!(Refusal::of(&as_alice), Refusal::of(&other));
    // alice is the named user, but the conversation is bob's.
    let alices = app.chat_as("alice").get_conversation(get("alice")).await.expect_err("not hers");
    assert_eq!(Refusal::of(&alices), Refusal::of(&other));

    let titles = tasks(&app, "bob").await.into_iter().map(|it| it.title).collect::<Vec<_>>();
    assert_eq!((titles, tasks(&app, "alice").await), (vec!["water the plants".to_owned()], vec![]));
}

database_tests! {
    modules:
        prompts, tools;
    tests:
        foreign_and_missing_look_the_same,
        ids_of_any_name_are_found,
        access_is_checked_before_validation,
        user_id_must_be_the_caller;
}
