//! Requests that no handler receives, and requests with more violations than an error can hold.

use prost::Message;
use tandem_proto::task::{BatchCreateTasksRequest, CreateTaskRequest, Task};
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use crate::support::app::App;
use crate::support::{refusal, rpc};

const CREATE: &str = "/tandem.task.v1.TaskService/CreateTask";

/// A message whose field is a number where the method has a task.
#[derive(Clone, PartialEq, Message)]
struct Unreadable {
    #[prost(uint64, tag = "1")]
    task: u64,
}

async fn create(app: &App, message: impl Message + 'static) -> Status {
    let token = format!("Bearer {}", app.issuer.token("alice"));
    rpc::call(&app.task, CREATE, Some(&token), message).await.expect_err("a refusal")
}

async fn what_is_no_message_too_large_or_of_no_method_is_refused_with_a_reason() {
    let app = App::start().await;
    let unreadable = create(&app, Unreadable { task: 7 }).await;
    let expected = (Code::InvalidArgument, "REQUEST_UNREADABLE".to_owned());
    assert_eq!(refusal::reason(&unreadable), expected);

    let task = Task { description: "x".repeat(2 * 1024 * 1024), ..Task::default() };
    let too_large =
        create(&app, CreateTaskRequest { task: Some(task), ..Default::default() }).await;
    let expected = (Code::ResourceExhausted, "REQUEST_TOO_LARGE".to_owned());
    assert_eq!(refusal::reason(&too_large), expected);

    let token = format!("Bearer {}", app.issuer.token("alice"));
    let path = "/tandem.task.v1.TaskService/Dump";
    let unknown = rpc::call(&app.task, path, Some(&token), ()).await.expect_err("no such method");
    let expected = (Code::Unimplemented, "NOT_IMPLEMENTED".to_owned());
    assert_eq!(refusal::reason(&unknown), expected);
}

async fn half_a_million_faults_are_refused_in_an_answer_that_any_client_can_read() {
    let app = App::start().await;
    let labels = vec![String::new(); 500_000];
    let task = Task { title: "a task".to_owned(), labels, ..Task::default() };
    let status = create(&app, CreateTaskRequest { task: Some(task), ..Default::default() }).await;
    let request = status.get_details_bad_request();
    let faults = request.unwrap_or_else(|| panic!("no fields in {status:?}")).field_violations;
    // The count, and each of the items that there may be.
    assert_eq!((status.code(), faults.len()), (Code::InvalidArgument, 21));
    assert_eq!(faults[0].field, "task.labels");

    let blank = CreateTaskRequest {
        task: Some(Task { title: " ".to_owned(), priority: 99, ..Task::default() }),
        ..CreateTaskRequest::default()
    };
    let batch = BatchCreateTasksRequest { requests: vec![blank; 100], ..Default::default() };
    let status = app.tasks_as("alice").batch_create_tasks(batch).await.expect_err("200 faults");
    let request = status.get_details_bad_request();
    let faults = request.unwrap_or_else(|| panic!("no fields in {status:?}")).field_violations;
    assert!((30..200).contains(&faults.len()), "{}", faults.len());
    let more = format!("and {} more", 200 - (faults.len() - 1));
    assert_eq!(faults.last().map(|fault| fault.description.as_str()), Some(more.as_str()));
}

database_tests! {
    tests:
        what_is_no_message_too_large_or_of_no_method_is_refused_with_a_reason,
        half_a_million_faults_are_refused_in_an_answer_that_any_client_can_read;
}
