//! Writes to tasks.

use futures::future::join_all;
use tandem_proto::task::{
    CompleteTaskRequest, CreateTaskRequest, DeleteTaskRequest, ReopenTaskRequest, Task, TaskFilter,
    UpdateTaskRequest,
};
use tonic::{Code, Response, Status};

use crate::support::app::{App, Start};
use crate::support::manual_clock::Hands;
use crate::support::refusal::{reason, refused};
use crate::support::tasks::{
    Tasks, complete, create, get, listed_numbers, numbers, rename, reopen,
};

/// Every write that there is.
#[derive(Debug, Clone)]
enum Write {
    Create(CreateTaskRequest),
    Update(UpdateTaskRequest),
    Complete(CompleteTaskRequest),
    Reopen(ReopenTaskRequest),
    Delete(DeleteTaskRequest),
}

impl Write {
    /// A new task called `title`.
    fn create(title: &str, request_id: &str) -> Self {
        let task = Some(Task { title: title.to_owned(), ..Task::default() });
        Self::Create(CreateTaskRequest { task, request_id: request_id.to_owned() })
    }

    /// One of each, with the request id `<name>`. Those on a task mean `id`.
    fn all(id: &str) -> [Self; 5] {
        let (id, etag) = (|| id.to_owned(), String::new);
        [
            Self::create("new", "create"),
            Self::Update(UpdateTaskRequest { request_id: "update".into(), ..rename(&id(), "new") }),
            Self::Complete(CompleteTaskRequest {
                id: id(),
                etag: etag(),
                request_id: "complete".into(),
            }),
            Self::Reopen(ReopenTaskRequest { id: id(), etag: etag(), request_id: "reopen".into() }),
            Self::Delete(DeleteTaskRequest { id: id(), etag: etag(), request_id: "delete".into() }),
        ]
    }

    /// The same with another request id.
    fn with_id(self, request_id: &str) -> Self {
        let request_id = request_id.to_owned();
        match self {
            Self::Create(it) => Self::Create(CreateTaskRequest { request_id, ..it }),
            Self::Update(it) => Self::Update(UpdateTaskRequest { request_id, ..it }),
            Self::Complete(it) => Self::Complete(CompleteTaskRequest { request_id, ..it }),
            Self::Reopen(it) => Self::Reopen(ReopenTaskRequest { request_id, ..it }),
            Self::Delete(it) => Self::Delete(DeleteTaskRequest { request_id, ..it }),
        }
    }

    async fn send(self, tasks: &Tasks) -> Result<Response<Task>, Status> {
        let mut tasks = tasks.clone();
        match self {
            Self::Create(request) => tasks.create_task(request).await,
            Self::Update(request) => tasks.update_task(request).await,
            Self::Complete(request) => tasks.complete_task(request).await,
            Self::Reopen(request) => tasks.reopen_task(request).await,
            Self::Delete(request) => tasks.delete_task(request).await,
        }
    }

    async fn done(self, tasks: &Tasks) -> Task {
        self.send(tasks).await.expect("a write").into_inner()
    }
}

async fn a_repeated_write_answers_as_the_first_time_though_the_task_has_changed_since() {
    let hands = Hands::new();
    let app = App::start_with(Start { clock: hands.clock(), ..Start::default() }).await;
    let tasks = app.tasks_as("alice");
    let task = create(&tasks, "old").await;
    let mut first = Vec::new();
    for write in Write::all(&task.id) {
        hands.forward(1);
        first.push((write.clone(), write.done(&tasks).await));
    }
    let end = get(&tasks, &task.id).await;
    for (write, answer) in first {
        hands.forward(1);
        assert_eq!(write.clone().done(&tasks).await, answer, "{write:?}");
    }
    assert_eq!(get(&tasks, &task.id).await, end, "no write happened a second time");
    assert_eq!(listed_numbers(&tasks, TaskFilter::default(), true).await, [1, 2]);
}

async fn twenty_times_the_same_write_at_once_is_one_effect_with_one_answer() {
    let app = App::start().await;
    let tasks = app.tasks_as("alice");
    let senders = (0..20).map(|_| {
        let tasks = tasks.clone();
        tokio::spawn(async move { Write::create("once", "the-same").done(&tasks).await })
    });
    let answers = join_all(senders).await.into_iter().map(|answer| answer.expect("no panic"));
    let answers = answers.collect::<Vec<_>>();
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    assert_eq!(numbers(&tasks, TaskFilter::default()).await, [1]);
}

async fn a_request_id_belongs_to_one_request_of_one_user() {
    let app = App::start().await;
    let (alice, bob) = (app.tasks_as("alice"), app.tasks_as("bob"));
    let task = create(&alice, "old").await;
    let first = Write::create("first", "mine").done(&alice).await;
    let others = [vec![Write::create("second", "mine")], Write::all(&task.id).to_vec()].concat();
    for other in others {
        let refusal = refused(other.clone().with_id("mine").send(&alice).await);
        let expected = (Code::AlreadyExists, "REQUEST_ID_REUSED".to_owned());
        assert_eq!(reason(&refusal), expected, "{other:?}");
    }
    assert_eq!(get(&alice, &task.id).await, task);

    let bobs = Write::create("second", "mine").done(&bob).await;
    assert_eq!((bobs.number, bobs.title.as_str()), (1, "second"));
    assert_eq!(Write::create("first", "mine").done(&alice).await, first);
}

async fn a_refused_write_leaves_its_request_id_free() {
    let app = App::start().await;
    let tasks = app.tasks_as("alice");
    let Task { id, etag, .. } = create(&tasks, "old").await;
    let completed = complete(&tasks, &id).await;
    let stale = DeleteTaskRequest { id: id.clone(), etag, request_id: "mine".to_owned() };
    assert_eq!(refused(Write::Delete(stale.clone()).send(&tasks).await).code(), Code::Aborted);
    let fresh = Write::Delete(DeleteTaskRequest { etag: completed.etag, ..stale });
    assert!(fresh.done(&tasks).await.delete_time.is_some());
}

async fn a_request_id_is_forgotten_after_a_day() {
    let hands = Hands::new();
    let app = App::start_with(Start { clock: hands.clock(), ..Start::default() }).await;
    let tasks = app.tasks_as("alice");
    let task = create(&tasks, "old").await;
    let request = CompleteTaskRequest { id: task.id.clone(), ..Default::default() };
    let write = Write::Complete(request).with_id("daily");
    let completed = write.clone().done(&tasks).await;
    let reopened = reopen(&tasks, &task.id).await;

    hands.forward(24 * 60 * 60 - 1);
    assert_eq!(write.clone().done(&tasks).await, completed);
    assert_eq!(get(&tasks, &task.id).await, reopened);
    let tomorrow = hands.forward(1);
    assert_eq!(write.done(&tasks).await.complete_time, Some(tomorrow));
}

database_tests! {
    tests:
        a_repeated_write_answers_as_the_first_time_though_the_task_has_changed_since,
        a_request_id_belongs_to_one_request_of_one_user,
        a_refused_write_leaves_its_request_id_free,
        a_request_id_is_forgotten_after_a_day;
    two_threads:
        twenty_times_the_same_write_at_once_is_one_effect_with_one_answer;
}
