//! Page and resume tokens are authenticated: a token that was forged, or issued to another user or for another
//! list, is INVALID_ARGUMENT in every list.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tandem_proto::chat::{
    CreateConversationRequest, CreateMessageRequest, ListConversationsRequest, ListMessagesRequest,
    SearchMessagesRequest,
};
use tandem_proto::task::{ListTasksRequest, TaskFilter, WatchTasksRequest};
use tonic::Status;

use crate::support::app::App;
use crate::support::refusal::fields;
use crate::support::tasks::create;

/// A method that takes a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Method {
    Tasks,
    Watch,
    Conversations,
    Messages,
    Search,
}

const METHODS: [Method; 5] =
    [Method::Tasks, Method::Watch, Method::Conversations, Method::Messages, Method::Search];

/// A user of a system, with a conversation.
struct User<'a> {
    app: &'a App,
    name: &'static str,
    conversation_id: String,
}

impl<'a> User<'a> {
    /// A user with at least two items in every list.
    async fn fill(app: &'a App, name: &'static str) -> Self {
        let tasks = app.tasks_as(name);
        for _ in 0..2 {
            create(&tasks, "task").await;
            Self::talk(app, name).await;
        }
        let conversation_id = Self::talk(app, name).await;
        for _ in 0..2 {
            let (content, conversation_id) = ("help".to_owned(), conversation_id.clone());
            let request = CreateMessageRequest { content, conversation_id, ..Default::default() };
            app.chat_as(name).create_message(request).await.expect("an answer");
        }
        Self { app, name, conversation_id }
    }

    /// Starts a conversation; returns its id.
    async fn talk(app: &App, name: &str) -> String {
        let request = CreateConversationRequest::default();
        let created = app.chat_as(name).create_conversation(request).await;
        created.expect("a conversation").into_inner().id
    }

    /// Calls a method with a token; returns the next token.
    async fn call(&self, method: Method, token: &str) -> Result<String, Status> {
        let (page_size, page_token) = (1, token.to_owned());
        let conversation_id = self.conversation_id.clone();
        let (mut tasks, mut chat) = (self.app.tasks_as(self.name), self.app.chat_as(self.name));
        match method {
            Method::Tasks => {
                let request = ListTasksRequest { page_size, page_token, ..Default::default() };
                Ok(tasks.list_tasks(request).await?.into_inner().next_page_token)
            }
            Method::Watch => {
                let request = WatchTasksRequest { resume_token: page_token };
                let mut events = tasks.watch_tasks(request).await?.into_inner();
                Ok(events.message().await?.expect("an event").resume_token)
            }
            Method::Conversations => {
                let request =
                    ListConversationsRequest { page_size, page_token, ..Default::default() };
                Ok(chat.list_conversations(request).await?.into_inner().next_page_token)
            }
            Method::Messages => {
                let order_by = String::new();
                let request =
                    ListMessagesRequest { conversation_id, page_size, page_token, order_by };
                Ok(chat.list_messages(request).await?.into_inner().next_page_token)
            }
            Method::Search => {
                let query = "help".to_owned();
                let request =
                    SearchMessagesRequest { query, conversation_id, page_size, page_token };
                Ok(chat.search_messages(request).await?.into_inner().next_page_token)
            }
        }
    }

    /// A token of each method.
    async fn tokens(&self) -> Vec<(Method, String)> {
        let mut tokens = Vec::new();
        for method in METHODS {
            let token = self.call(method, "").await.expect("a first page");
            assert!(!token.is_empty(), "{method:?} has no second page");
            tokens.push((method, token));
        }
        tokens
    }

    async fn expect_refused(&self, method: Method, token: &str) {
        let field = if method == Method::Watch { "resume_token" } else { "page_token" };
        match self.call(method, token).await {
            Ok(_) => panic!("{method:?} accepted {token}"),
            Err(status) => assert_eq!(fields(&status), [field], "{method:?}"),
        }
    }
}

/// The token with each byte changed in turn, and cut after each.
fn forgeries(token: &str) -> Vec<String> {
    let bytes = URL_SAFE_NO_PAD.decode(token).expect("base64");
    let changed = (0..bytes.len()).map(|index| {
        let mut changed = bytes.clone();
        changed[index] ^= 1 << (index % 8);
        changed
    });
    let cut = (1..bytes.len()).map(|length| bytes[..length].to_vec());
    let longer = [[bytes.as_slice(), &[0]].concat()];
    changed.chain(cut).chain(longer).map(|it| URL_SAFE_NO_PAD.encode(it)).collect()
}

async fn forged_tokens_are_refused() {
    let app = App::start().await;
    let alice = User::fill(&app, "alice").await;
    for (method, token) in alice.tokens().await {
        alice.call(method, &token).await.expect("the token itself is valid");
        for forged in forgeries(&token) {
            alice.expect_refused(method, &forged).await;
        }
        for garbage in ["!", "AAAA", &token[1..], &format!("{token}AA"), &format!("{token}=")] {
            alice.expect_refused(method, garbage).await;
        }
    }
}

async fn foreign_tokens_are_refused() {
    let app = App::start().await;
    let alice = User::fill(&app, "alice").await;
    let mut bob = User::fill(&app, "bob").await;
    let tokens = alice.tokens().await;
    for (issuer, token) in &tokens {
        bob.expect_refused(*issuer, token).await;
        for method in METHODS.into_iter().filter(|it| it != issuer) {
            alice.expect_refused(method, token).await;
        }
    }
    // The same call for another conversation.
    bob.name = "alice";
    bob.conversation_id = User::talk(&app, "alice").await;
    for (method, token) in tokens {
        if matches!(method, Method::Messages | Method::Search) {
            bob.expect_refused(method, &token).await;
        }
    }
}

async fn token_holds_for_its_filter_and_order() {
    let app = App::start().await;
    let alice = User::fill(&app, "alice").await;
    let page_token = alice.call(Method::Tasks, "").await.expect("a page");
    let filtered = |filter| ListTasksRequest { filter: Some(filter), ..Default::default() };
    let any = TaskFilter::default;
    for other in [
        ListTasksRequest { show_deleted: true, ..Default::default() },
        filtered(TaskFilter { query: "task".to_owned(), ..any() }),
        filtered(TaskFilter { labels: vec!["home".to_owned()], ..any() }),
        ListTasksRequest { order_by: "due_time".to_owned(), ..Default::default() },
        ListTasksRequest { order_by: "number desc".to_owned(), ..Default::default() },
    ] {
        let request = ListTasksRequest { page_token: page_token.clone(), ..other };
        let status = app.tasks_as("alice").list_tasks(request).await.expect_err("refused");
        assert_eq!(fields(&status), ["page_token"]);
    }
}

async fn tokens_of_another_key_are_refused() {
    let (app, other) = (App::start().await, App::start().await);
    let (alice, elsewhere) = (User::fill(&app, "alice").await, User::fill(&other, "alice").await);
    for (method, token) in elsewhere.tokens().await {
        // The conversation differs too, because messages are listed by conversation.
        alice.expect_refused(method, &token).await;
    }
}

async fn chat_replicas_read_each_others_tokens() {
    let app = App::start().await;
    let _alice = User::fill(&app, "alice").await;
    let replica = app.chat_replica().await;
    let first = ListConversationsRequest { page_size: 1, ..Default::default() };
    let (mut here, mut there) = (app.chat_as("alice"), app.replica_as(&replica, "alice"));
    let whole = here.list_conversations(ListConversationsRequest::default()).await;
    let whole = whole.expect("a list").into_inner().conversations;
    let token = |page: tandem_proto::chat::ListConversationsResponse| page.next_page_token;
    let page = here.list_conversations(first.clone()).await.expect("a page").into_inner();
    let request = ListConversationsRequest { page_token: token(page), ..first.clone() };
    let page = there.list_conversations(request).await.expect("a page").into_inner();
    assert_eq!(page.conversations[0], whole[1]);
    let request = ListConversationsRequest { page_token: token(page), ..first };
    let page = here.list_conversations(request).await.expect("a page").into_inner();
    assert_eq!(page.conversations[0], whole[2]);
    replica.stop().await;
}

database_tests! {
    tests:
        forged_tokens_are_refused,
        foreign_tokens_are_refused,
        token_holds_for_its_filter_and_order,
        tokens_of_another_key_are_refused,
        chat_replicas_read_each_others_tokens;
}
