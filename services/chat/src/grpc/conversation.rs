//! Conversations.

use tandem_aip::Mask;
use tandem_aip::page::{self, Scope};
use tandem_auth::{Caller, audit};
use tandem_clock::Timestamp;
use tandem_database::requests::Key;
use tandem_error::{Check as _, Error, combine_violations, validate, validate_mut};
use tandem_proto::Updatable as _;
use tandem_proto::chat::{
    Conversation, ConversationView, CreateConversationRequest, DeleteConversationRequest,
    GetConversationRequest, ListConversationsRequest, ListConversationsResponse,
    UndeleteConversationRequest, UpdateConversationRequest,
};
use tandem_server::run_to_completion;
use tonic::{Request, Response, Status};
use uuid::Uuid;

use super::{ChatApi, expect_self, key, wire};
use crate::domain::{self, UPDATABLE};
use crate::store;

/// The most messages that come with a conversation.
const MESSAGES: u32 = 500;

impl ChatApi {
    /// Runs a change of one conversation.
    async fn change(
        &self,
        caller: Caller,
        method: &'static str,
        key: Key,
        target: (Uuid, String),
        change: impl Fn(&mut domain::Conversation, Timestamp) -> Result<(), Error>
        + Send
        + Sync
        + 'static,
    ) -> Result<Response<Conversation>, Status> {
        let door = self.door.clone();
        let changed = run_to_completion(async move {
            let changed = door.change_conversation(caller.owner(), key, target, change).await?;
            audit::log_write(&caller, method, &changed.id.to_string());
            Ok(changed)
        });
        Ok(Response::new(wire::conversation(changed.await?, self.retention)))
    }

    pub(super) async fn create(
        &self,
        request: Request<CreateConversationRequest>,
    ) -> Result<Response<Conversation>, Status> {
        let caller = Caller::from_request(&request)?.clone();
        let mut request = validate(request.into_inner())?;
        let key = key("CreateConversation", std::mem::take(&mut request.request_id), &request);
        let title = wire::title(request.conversation.unwrap_or_default());
        let door = self.door.clone();
        let created = run_to_completion(async move {
            let created = door.create_conversation(caller.owner(), key, title).await?;
            audit::log_write(&caller, "CreateConversation", &created.id.to_string());
            Ok(created)
        });
        Ok(Response::new(wire::conversation(created.await?, self.retention)))
    }

    pub(super) async fn get(
        &self,
        request: Request<GetConversationRequest>,
    ) -> Result<Response<Conversation>, Status> {
        let caller = Caller::from_request(&request)?.clone();
        let request = validate(request.into_inner())?;
        expect_self(&caller, "GetConversation", &request.user_id)?;
        let (db, owner, id) = (self.db.reader(), caller.owner(), wire::id(&request.id)?);
        let found = store::find_conversation(db, owner, id).await?.ok_or(Error::Denied)?;
        let mut conversation = wire::conversation(found, self.retention);
        let by_older_path = !request.user_id.is_empty();
        let wants_messages = match request.view() {
            ConversationView::Full => true,
            ConversationView::Basic => false,
            ConversationView::Unspecified => by_older_path,
        };
        if wants_messages {
            let messages = store::newest_messages(db, owner, id, None, MESSAGES).await?;
            conversation.messages = messages.into_iter().map(wire::message).collect();
        }
        Ok(Response::new(conversation))
    }

    pub(super) async fn list(
        &self,
        request: Request<ListConversationsRequest>,
    ) -> Result<Response<ListConversationsResponse>, Status> {
        let caller = Caller::from_request(&request)?.clone();
        let mut request = request.into_inner();
        let rules = validate_mut(&mut request);
        let size = page::size(
            std::mem::take(&mut request.page_size),
            ListConversationsRequest::DEFAULT_PAGE_SIZE,
            ListConversationsRequest::MAX_PAGE_SIZE,
        );
        let token = std::mem::take(&mut request.page_token);
        let (db, owner) = (self.db.reader(), caller.owner());
        let scope = Scope::of("ListConversations", owner.as_str(), &request);
        let ((), after) = combine_violations(rules, scope.position::<wire::Position>(&token))?;
        let after = after.map(|it| it.id()).transpose()?;
        let page = store::list_conversations(db, owner, request.show_deleted, after, size).await?;
        let next = page.next.map(|id| scope.token(&wire::Position::of(id)));
        Ok(Response::new(ListConversationsResponse {
            conversations: page
                .conversations
                .into_iter()
                .map(|it| wire::conversation(it, self.retention))
                .collect(),
            next_page_token: next.unwrap_or_default(),
        }))
    }

    pub(super) async fn update(
        &self,
        request: Request<UpdateConversationRequest>,
    ) -> Result<Response<Conversation>, Status> {
        let caller = Caller::from_request(&request)?.clone();
        let mut request = request.into_inner();
        let mask = check_update(&mut request)?;
        let key = key("UpdateConversation", std::mem::take(&mut request.request_id), &request);
        let conversation = request.conversation.unwrap_or_default();
        let target = (wire::id(&conversation.id)?, conversation.etag.clone());
        let title = wire::title(conversation);
        let rename = move |conversation: &mut domain::Conversation, now| {
            // Without a title in the mask there is nothing to change, but a deleted one still refuses.
            let title = if mask.has("title") { title.clone() } else { conversation.title.clone() };
            conversation.rename(&title, now)
        };
        self.change(caller, "UpdateConversation", key, target, rename).await
    }

    pub(super) async fn delete(
        &self,
        request: Request<DeleteConversationRequest>,
    ) -> Result<Response<Conversation>, Status> {
        let caller = Caller::from_request(&request)?.clone();
        let mut request = validate(request.into_inner())?;
        let key = key("DeleteConversation", std::mem::take(&mut request.request_id), &request);
        let target = (wire::id(&request.id)?, request.etag);
        let delete = |conversation: &mut domain::Conversation, now| {
            conversation.delete(now);
            Ok(())
        };
        self.change(caller, "DeleteConversation", key, target, delete).await
    }

    pub(super) async fn undelete(
        &self,
        request: Request<UndeleteConversationRequest>,
    ) -> Result<Response<Conversation>, Status> {
        let caller = Caller::from_request(&request)?.clone();
        let mut request = validate(request.into_inner())?;
        let key = key("UndeleteConversation", std::mem::take(&mut request.request_id), &request);
        let target = (wire::id(&request.id)?, request.etag);
        let undelete = |conversation: &mut domain::Conversation, now| {
            conversation.undelete(now);
            Ok(())
        };
        self.change(caller, "UndeleteConversation", key, target, undelete).await
    }
}

fn check_update(request: &mut UpdateConversationRequest) -> Result<Mask, Error> {
    let has_value =
        |field: &str| request.conversation.as_ref().is_some_and(|it| it.has_value(field));
    let mask = Mask::from_request(request.update_mask.as_ref(), &UPDATABLE, has_value);
    let mut faults = Vec::new();
    request.check("", &mut faults);
    if let Some(conversation) = &request.conversation {
        faults.extend(tandem_aip::validate_id("conversation.id", &conversation.id));
    }
    tandem_aip::merge_violations(mask, &UPDATABLE, faults)
}
