//! Updates: field masks and values.

use prost_types::FieldMask;
use tandem_proto::chat::{Conversation, CreateConversationRequest, UpdateConversationRequest};
use tandem_proto::task::{CreateTaskRequest, GetTaskRequest, Task, UpdateTaskRequest};
use tonic::{Response, Status};

use super::fields;
use crate::support::app::App;

/// A task of Alice's.
async fn task(app: &App) -> Task {
    let labels = vec!["home".to_owned()];
    let (title, description) = ("buy milk".to_owned(), "the good one".to_owned());
    let task = Some(Task { title, description, labels, ..Default::default() });
    let request = CreateTaskRequest { task, ..Default::default() };
    app.tasks_as("alice").create_task(request).await.expect("a task").into_inner()
}

fn mask(paths: &[&str]) -> Option<FieldMask> {
    Some(FieldMask { paths: paths.iter().map(|path| (*path).to_owned()).collect() })
}

async fn update(app: &App, task: Task, paths: &[&str]) -> Result<Response<Task>, Status> {
    let request =
        UpdateTaskRequest { task: Some(task), update_mask: mask(paths), ..Default::default() };
    app.tasks_as("alice").update_task(request).await
}

/// What a caller may get wrong in every field, of the task `id`.
fn wrong(id: &str) -> Task {
    Task {
        id: id.to_owned(),
        title: " ".to_owned(),
        description: "x".repeat(10_001),
        priority: 9,
        labels: vec![String::new()],
        ..Default::default()
    }
}

async fn unknown_paths_and_bad_values_are_all_named_and_nothing_changes() {
    let app = App::start().await;
    let before = task(&app).await;
    let paths = ["title", "colour", "labels", "task.title", "*", "description"];
    let expected = [
        "task.description",
        "task.labels[0]",
        "task.title",
        "update_mask.paths[1]",
        "update_mask.paths[3]",
        "update_mask.paths[4]",
    ];
    // An unknown path may be a field misspelt, so every value counts.
    let expected = [expected[..2].to_vec(), vec!["task.priority"], expected[2..].to_vec()].concat();
    assert_eq!(fields(update(&app, wrong(&before.id), &paths).await), expected);

    let stranger = UpdateTaskRequest { update_mask: mask(&["colour"]), ..Default::default() };
    let expected = ["task", "update_mask.paths[0]"];
    assert_eq!(fields(app.tasks_as("alice").update_task(stranger).await), expected);
    let get = GetTaskRequest { id: before.id.clone() };
    let after = app.tasks_as("alice").get_task(get).await.expect("a task").into_inner();
    assert_eq!(after, before);
}

async fn only_the_fields_that_the_mask_names_have_to_be_valid() {
    let app = App::start().await;
    let before = task(&app).await;
    let new = Task { description: "oat".to_owned(), ..wrong(&before.id) };
    let after = update(&app, new, &["description"]).await.expect("an update").into_inner();
    assert_eq!((after.title, after.description), (before.title, "oat".to_owned()));
    let star = fields(update(&app, wrong(&before.id), &["*"]).await);
    assert_eq!(star, ["task.description", "task.labels[0]", "task.priority", "task.title"]);
    // Without a mask every value counts, the bad ones too.
    let blank = fields(update(&app, wrong(&before.id), &[]).await);
    assert_eq!(blank, star);
}

async fn a_star_means_every_field_that_callers_set() {
    let app = App::start().await;
    let before = task(&app).await;
    let (id, title) = (before.id.clone(), "buy bread".to_owned());
    let new = Task { id, title: title.clone(), number: 9, ..Default::default() };
    let after = update(&app, new, &["*"]).await.expect("an update").into_inner();
    let (etag, update_time) = (after.etag.clone(), after.update_time);
    let expected = Task {
        title,
        description: String::new(),
        labels: Vec::new(),
        etag,
        update_time,
        ..before.clone()
    };
    assert_eq!(after, expected);
    assert_ne!(after.etag, before.etag);
}

async fn naming_what_the_service_sets_changes_nothing() {
    let app = App::start().await;
    let before = task(&app).await;
    let paths = ["id", "number", "status", "create_time", "complete_time", "delete_time", "etag"];
    let new = Task { number: 7, status: 2, delete_time: before.create_time, ..before.clone() };
    let after = update(&app, new, &paths).await.expect("an update").into_inner();
    assert_eq!(after, before);
}

async fn conversations_are_as_strict() {
    let app = App::start().await;
    let mut client = app.chat_as("alice");
    let new = |title: &str| Conversation { title: title.to_owned(), ..Default::default() };
    let conversation = Some(new(&"x".repeat(201)));
    let request_id = "é".to_owned();
    let create = CreateConversationRequest { conversation, request_id };
    let expected = ["conversation.title", "request_id"];
    assert_eq!(fields(client.create_conversation(create).await), expected);

    let create =
        CreateConversationRequest { conversation: Some(new("plans")), ..Default::default() };
    let before = client.create_conversation(create).await.expect("one").into_inner();
    let update = |title: &str, paths: &[&str]| UpdateConversationRequest {
        conversation: Some(Conversation { id: before.id.clone(), ..new(title) }),
        update_mask: mask(paths),
        ..Default::default()
    };
    let long = "x".repeat(201);
    let answer = client.update_conversation(update(&long, &["title", "name"])).await;
    assert_eq!(fields(answer), ["conversation.title", "update_mask.paths[1]"]);
    let same =
        client.update_conversation(update(&long, &["message_count"])).await.expect("nothing");
    assert_eq!(same.into_inner(), before);
}

database_tests! {
    tests:
        unknown_paths_and_bad_values_are_all_named_and_nothing_changes,
        only_the_fields_that_the_mask_names_have_to_be_valid,
        a_star_means_every_field_that_callers_set,
        naming_what_the_service_sets_changes_nothing,
        conversations_are_as_strict;
}
