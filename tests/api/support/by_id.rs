//! Calls of every method that takes a resource id.

use std::collections::{BTreeMap, BTreeSet};

use prost::Message;
use prost_reflect::{FieldDescriptor, Value};
use tandem_proto::chat::{
    CancelTurnRequest, ChatRequest, Conversation, CreateMessageRequest, DeleteConversationRequest,
    ExportConversationRequest, FollowTurnRequest, GetConversationRequest, GetMessageRequest,
    GetTurnRequest, ListMessagesRequest, SearchMessagesRequest, StreamMessageRequest,
    UndeleteConversationRequest, UpdateConversationRequest,
};
use tandem_proto::task::{
    CompleteTaskRequest, DeleteTaskRequest, GetTaskRequest, ReopenTaskRequest, Task,
    UndeleteTaskRequest, UpdateTaskRequest,
};
use tonic::{Code, Status};

use crate::authentication::methods;
use crate::support::app::App;
use crate::support::rpc;

/// The ids to call with.
#[derive(Clone)]
pub(crate) struct Ids {
    pub(crate) task: String,
    pub(crate) conversation: String,
    pub(crate) message: String,
    pub(crate) turn: String,
}

/// The result of each method, by name.
pub(crate) type Answers = BTreeMap<String, Result<(), Status>>;

/// An etag that a new resource has.
const ETAG: &str = "\"1\"";

/// Calls every method as `user`; methods that are not implemented are left out.
pub(crate) async fn call_all(app: &App, user: &str, ids: &Ids) -> Answers {
    let bearer = format!("Bearer {}", app.issuer.token(user));
    let mut calls = Calls { app, bearer, answers: Answers::new() };
    calls.tasks(ids.task.clone()).await;
    calls.conversations(ids.conversation.clone()).await;
    calls.posts(ids.conversation.clone()).await;
    calls.turns(ids).await;
    assert_eq!(calls.answers.keys().cloned().collect::<BTreeSet<_>>(), named_by_id());
    let mut answers = calls.answers;
    answers.retain(|_, answer| !answer.as_ref().is_err_and(|it| it.code() == Code::Unimplemented));
    answers
}

/// The methods of the contract that take a resource id; one that is not called here fails the test.
fn named_by_id() -> BTreeSet<String> {
    let methods = methods().into_iter().filter(|method| {
        method.name().starts_with("Update")
            || method.input().fields().any(|it| selects_resource(&it))
    });
    methods.map(|method| method.name().to_owned()).collect()
}

/// Whether a field of a request contains the id or name of a resource.
pub(crate) fn selects_resource(field: &FieldDescriptor) -> bool {
    // Chosen by the caller, or the caller.
    const NO_RESOURCE: [&str; 2] = ["request_id", "user_id"];
    let name = field.name();
    let is_selector = ["id", "ids", "name", "names"]
        .iter()
        .any(|it| name == *it || name.strip_suffix(it).is_some_and(|prefix| prefix.ends_with('_')));
    (is_selector || has_uuid_rule(field)) && !NO_RESOURCE.contains(&name)
}

/// Whether the value has to be a UUID, as the ids of resources.
pub(crate) fn has_uuid_rule(field: &FieldDescriptor) -> bool {
    let options = field.options();
    let rules = options.extensions().find(|(extension, _)| extension.name() == "field");
    let string = rules.and_then(|(_, rules)| rules.as_message()?.get_field_by_name("string"));
    let string = string.as_deref().and_then(Value::as_message);
    let uuid = string.and_then(|it| it.get_field_by_name("uuid")?.as_bool());
    uuid.unwrap_or_default()
}

struct Calls<'a> {
    app: &'a App,
    bearer: String,
    answers: Answers,
}

impl Calls<'_> {
    async fn task<M: Message + 'static>(&mut self, method: &str, message: M) {
        let path = format!("/tandem.task.v1.TaskService/{method}");
        let answer = rpc::call(&self.app.task, &path, Some(&self.bearer), message).await;
        self.answers.insert(method.to_owned(), answer);
    }

    async fn chat<M: Message + 'static>(&mut self, method: &str, message: M) {
        let path = format!("/tandem.chat.v1.ChatService/{method}");
        let answer = rpc::call(&self.app.chat, &path, Some(&self.bearer), message).await;
        self.answers.insert(method.to_owned(), answer);
    }

    async fn tasks(&mut self, id: String) {
        let etag = || ETAG.to_owned();
        let (title, of) = ("mine".to_owned(), id.clone());
        let task = Some(Task { id: of.clone(), title, etag: etag(), ..Default::default() });
        self.task("GetTask", GetTaskRequest { id: id.clone() }).await;
        self.task("UpdateTask", UpdateTaskRequest { task, ..Default::default() }).await;
        let complete = CompleteTaskRequest { id: id.clone(), etag: etag(), ..Default::default() };
        self.task("CompleteTask", complete).await;
        let reopen = ReopenTaskRequest { id: id.clone(), etag: etag(), ..Default::default() };
        self.task("ReopenTask", reopen).await;
        let delete = DeleteTaskRequest { id, etag: etag(), ..Default::default() };
        self.task("DeleteTask", delete).await;
        let undelete = UndeleteTaskRequest { id: of, etag: etag(), ..Default::default() };
        self.task("UndeleteTask", undelete).await;
    }

    async fn conversations(&mut self, id: String) {
        let (of, title, etag) = (id.clone(), "mine".to_owned(), ETAG.to_owned());
        let conversation = Some(Conversation { id: of, title, etag, ..Default::default() });
        let get = GetConversationRequest { id: id.clone(), ..Default::default() };
        self.chat("GetConversation", get).await;
        let update = UpdateConversationRequest { conversation, ..Default::default() };
        self.chat("UpdateConversation", update).await;
        let list = ListMessagesRequest { conversation_id: id.clone(), ..Default::default() };
        self.chat("ListMessages", list).await;
        let search = SearchMessagesRequest {
            query: "secret".to_owned(),
            conversation_id: id.clone(),
            ..Default::default()
        };
        self.chat("SearchMessages", search).await;
        let delete = DeleteConversationRequest { id: id.clone(), ..Default::default() };
        self.chat("DeleteConversation", delete).await;
        let undelete = UndeleteConversationRequest { id: id.clone(), ..Default::default() };
        self.chat("UndeleteConversation", undelete).await;
        let export = ExportConversationRequest { id, ..Default::default() };
        self.chat("ExportConversation", export).await;
    }

    async fn posts(&mut self, conversation_id: String) {
        let (id, text) = (|| conversation_id.clone(), || "hello".to_owned());
        let create =
            CreateMessageRequest { conversation_id: id(), content: text(), ..Default::default() };
        self.chat("CreateMessage", create).await;
        let stream =
            StreamMessageRequest { conversation_id: id(), content: text(), ..Default::default() };
        self.chat("StreamMessage", stream).await;
        let chat = ChatRequest { conversation_id: id(), message: text(), ..Default::default() };
        self.chat("Chat", chat).await;
    }

    async fn turns(&mut self, ids: &Ids) {
        let id = || ids.turn.clone();
        self.chat("GetMessage", GetMessageRequest { id: ids.message.clone() }).await;
        self.chat("GetTurn", GetTurnRequest { id: id(), ..Default::default() }).await;
        self.chat("FollowTurn", FollowTurnRequest { id: id(), ..Default::default() }).await;
        self.chat("CancelTurn", CancelTurnRequest { id: id() }).await;
    }
}
