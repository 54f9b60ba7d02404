//! Lists: page sizes, page tokens, orders and filters.

use futures::future::join_all;
use tandem_proto::chat::{
    CreateConversationRequest, ListConversationsRequest, ListMessagesRequest,
};
use tandem_proto::task::{CreateTaskRequest, ListTasksRequest, Task, TaskFilter};
use uuid::Uuid;

use super::fields;
use crate::support::app::App;

/// Three tasks of a user.
async fn fill(app: &App, user: &str) {
    for title in ["one", "two", "three"] {
        let task = Some(Task { title: title.to_owned(), ..Default::default() });
        let request = CreateTaskRequest { task, ..Default::default() };
        app.tasks_as(user).create_task(request).await.expect("a task");
    }
}

/// `count` conversations of a user, at once; their ids.
async fn talk(app: &App, user: &str, count: usize) -> Vec<String> {
    let create = || async {
        let request = CreateConversationRequest::default();
        let created = app.chat_as(user).create_conversation(request).await;
        created.expect("a conversation").into_inner().id
    };
    join_all((0..count).map(|_| create())).await
}

fn one_a_page() -> ListTasksRequest {
    ListTasksRequest { page_size: 1, ..Default::default() }
}

async fn everything_that_is_wrong_with_a_list_is_said_at_once() {
    let app = App::start().await;
    let filter = TaskFilter {
        status: 3,
        priority: -1,
        labels: vec!["good".to_owned(), " ".to_owned()],
        number: -1,
        query: " ?! ".to_owned(),
        ..Default::default()
    };
    let request = ListTasksRequest {
        page_size: -1,
        page_token: "no token".to_owned(),
        filter: Some(filter),
        order_by: "title".to_owned(),
        ..Default::default()
    };
    let mut expected = ["labels[1]", "number", "priority", "query", "status"]
        .map(|field| format!("filter.{field}"))
        .to_vec();
    expected.extend(["order_by", "page_size", "page_token"].map(str::to_owned));
    assert_eq!(fields(app.tasks_as("alice").list_tasks(request).await), expected);

    let mut client = app.chat_as("alice");
    let (page_size, page_token) = (-1, "no token".to_owned());
    let request = ListConversationsRequest { page_size, page_token, ..Default::default() };
    assert_eq!(fields(client.list_conversations(request).await), ["page_size", "page_token"]);
    let request = ListMessagesRequest {
        conversation_id: "7".to_owned(),
        page_size: -1,
        page_token: "no token".to_owned(),
        order_by: "sequence up".to_owned(),
    };
    let expected = ["conversation_id", "order_by", "page_size", "page_token"];
    assert_eq!(fields(client.list_messages(request).await), expected);
}

async fn an_order_is_one_known_field_and_one_direction() {
    let app = App::start().await;
    let mut client = app.tasks_as("alice");
    for order in ["title", "Number", "number desc desc", "number down", "number,due_time", "desc"] {
        let request = ListTasksRequest { order_by: order.to_owned(), ..Default::default() };
        assert_eq!(fields(client.list_tasks(request).await), ["order_by"], "{order}");
    }
}

async fn a_page_size_above_the_largest_is_taken_as_the_largest() {
    let app = App::start().await;
    let mut ids = talk(&app, "alice", 101).await;
    let mut client = app.chat_as("alice");
    for (page_size, expected) in [(0, 20), (7, 7), (100, 100), (101, 100), (i32::MAX, 100)] {
        let request = ListConversationsRequest { page_size, ..Default::default() };
        let page = client.list_conversations(request).await.expect("a page").into_inner();
        assert_eq!(page.conversations.len(), expected, "{page_size}");
        assert!(!page.next_page_token.is_empty());
    }
    let (page_size, conversation_id) = (i32::MAX, ids.swap_remove(0));
    let messages = ListMessagesRequest { conversation_id, page_size, ..Default::default() };
    client.list_messages(messages).await.expect("a page");
    let tasks = ListTasksRequest { page_size, ..Default::default() };
    app.tasks_as("alice").list_tasks(tasks).await.expect("a page");
}

async fn a_page_token_is_good_only_for_the_list_that_gave_it() {
    let app = App::start().await;
    fill(&app, "alice").await;
    fill(&app, "bob").await;
    talk(&app, "alice", 2).await;
    let (mut alice, mut bob) = (app.tasks_as("alice"), app.tasks_as("bob"));
    let first = alice.list_tasks(one_a_page()).await.expect("a page").into_inner();
    let with = |page_token: &str, request: ListTasksRequest| ListTasksRequest {
        page_token: page_token.to_owned(),
        ..request
    };
    let token = first.next_page_token;
    let second = alice.list_tasks(with(&token, one_a_page())).await.expect("a page").into_inner();
    assert_eq!(second.tasks[0].title, "two");
    // Another size is no other list.
    alice.list_tasks(with(&token, ListTasksRequest::default())).await.expect("the rest");

    let filter = Some(TaskFilter { overdue: true, ..Default::default() });
    let filtered = ListTasksRequest { filter, ..one_a_page() };
    let with_deleted = ListTasksRequest { show_deleted: true, ..one_a_page() };
    let ordered = ListTasksRequest { order_by: "number".to_owned(), ..one_a_page() };
    for other in [filtered, with_deleted, ordered] {
        assert_eq!(fields(alice.list_tasks(with(&token, other)).await), ["page_token"]);
    }
    assert_eq!(fields(bob.list_tasks(with(&token, one_a_page())).await), ["page_token"]);
    let page_token = token.clone();
    let elsewhere = ListConversationsRequest { page_token, ..Default::default() };
    let answer = app.chat_as("alice").list_conversations(elsewhere).await;
    assert_eq!(fields(answer), ["page_token"]);
    let elsewhere = ListMessagesRequest {
        conversation_id: Uuid::now_v7().to_string(),
        page_token: token.clone(),
        ..Default::default()
    };
    assert_eq!(fields(app.chat_as("alice").list_messages(elsewhere).await), ["page_token"]);
    for garbage in ["!", "AAAA", &token[1..], &token[..token.len() - 1], &format!("{token}AA")] {
        let answer = alice.list_tasks(with(garbage, one_a_page())).await;
        assert_eq!(fields(answer), ["page_token"], "{garbage}");
    }
}

database_tests! {
    tests:
        everything_that_is_wrong_with_a_list_is_said_at_once,
        an_order_is_one_known_field_and_one_direction,
        a_page_size_above_the_largest_is_taken_as_the_largest,
        a_page_token_is_good_only_for_the_list_that_gave_it;
}
