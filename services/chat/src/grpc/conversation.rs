//! Handlers for conversations.

use tandem_aip::Mask;
use tandem_aip::page::{self, PageTokenContext};
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
use tonic::{Request, Response};
use uuid::Uuid;

use super::{ChatApi, RpcResult, expect_self, request_key, wire};
use crate::domain::{self, UPDATABLE};
use crate::store;

/// The maximum number of messages returned with a conversation.
const MAX_MESSAGES: u32 = 500;

impl ChatApi {
    /// Applies a change to one conversation.
    async fn change_conversation(
        &self,
        caller: Caller,
        method: &'static str,
        key: Key,
        target: (Uuid, String),
        change: impl Fn(&mut domain::Conversation, Timestamp) -> Result<(), Error>
        + Send
        + Sync
        + 'static,
    ) -> RpcResult<Conversation> {
        let writer = self.writer.clone();
        let changed = run_to_completion(async move {
            let changed = writer.change_conversation(caller.owner(), key, target, change).await?;
            audit::log_write(&caller, method, &changed.id.to_string());
            Ok(changed)
        });
        Ok(Response::new(wire::conversation_to_proto(changed.await?, self.retention)))
    }

    pub(super) async fn handle_create_conversation(
        &self,
        request: Request<CreateConversationRequest>,
    ) -> RpcResult<Conversation> {
        let caller = Caller::from_request(&request)?.clone();
        let mut request = validate(request.into_inner())?;
        let key =
            request_key("CreateConversation", std::mem::take(&mut request.request_id), &request);
        let title = wire::title_from_proto(request.conversation.unwrap_or_default());
        let writer = self.writer.clone();
        let created = run_to_completion(async move {
            let created = writer.create_conversation(caller.owner(), key, title).await?;
            audit::log_write(&caller, "CreateConversation", &created.id.to_string());
            Ok(created)
        });
        Ok(Response::new(wire::conversation_to_proto(created.await?, self.retention)))
    }

    pub(super) async fn handle_get_conversation(
        &self,
        request: Request<GetConversationRequest>,
    ) -> RpcResult<Conversation> {
        let caller = Caller::from_request(&request)?.clone();
        let request = validate(request.into_inner())?;
        expect_self(&caller, "GetConversation", &request.user_id)?;
        let (db, owner, id) = (self.db.reader(), caller.owner(), wire::parse_id(&request.id)?);
        let found = store::find_conversation(db, owner, id).await?.ok_or(Error::Denied)?;
        let mut conversation = wire::conversation_to_proto(found, self.retention);
        let is_legacy_path = !request.user_id.is_empty();
        let includes_messages = match request.view() {
            ConversationView::Full => true,
            ConversationView::Basic => false,
            ConversationView::Unspecified => is_legacy_path,
        };
        if includes_messages {
            let messages = store::newest_messages(db, owner, id, None, MAX_MESSAGES).await?;
            conversation.messages = messages.into_iter().map(wire::message_to_proto).collect();
        }
        Ok(Response::new(conversation))
    }

    pub(super) async fn handle_list_conversations(
        &self,
        request: Request<ListConversationsRequest>,
    ) -> RpcResult<ListConversationsResponse> {
        let caller = Caller::from_request(&request)?.clone();
        let mut request = request.into_inner();
        let valid = validate_mut(&mut request);
        let size = page::size(
            std::mem::take(&mut request.page_size),
            ListConversationsRequest::DEFAULT_PAGE_SIZE,
            ListConversationsRequest::MAX_PAGE_SIZE,
        );
        let token = std::mem::take(&mut request.page_token);
        let (db, owner) = (self.db.reader(), caller.owner());
        let key = &self.page_token_key;
        let tokens = PageTokenContext::new(key, "ListConversations", owner.as_str(), &request);
        let ((), after) = combine_violations(
            valid,
            tokens.decode_page_token::<wire::ConversationPosition>(&token),
        )?;
        let after = after.map(|it| it.id()).transpose()?;
        let page = store::list_conversations(db, owner, request.show_deleted, after, size).await?;
        let next = page.next.map(|id| tokens.encode(&wire::ConversationPosition::from_id(id)));
        Ok(Response::new(ListConversationsResponse {
            conversations: page
                .conversations
                .into_iter()
                .map(|it| wire::conversation_to_proto(it, self.retention))
                .collect(),
            next_page_token: next.unwrap_or_default(),
        }))
    }

    pub(super) async fn handle_update_conversation(
        &self,
        request: Request<UpdateConversationRequest>,
    ) -> RpcResult<Conversation> {
        let caller = Caller::from_request(&request)?.clone();
        let mut request = request.into_inner();
        let mask = check_update(&mut request)?;
        let key =
            request_key("UpdateConversation", std::mem::take(&mut request.request_id), &request);
        let conversation = request.conversation.unwrap_or_default();
        let target = (wire::parse_id(&conversation.id)?, conversation.etag.clone());
        let title = wire::title_from_proto(conversation);
        let set_title = move |conversation: &mut domain::Conversation, now| {
            // Without the title in the mask nothing changes, but a deleted conversation is still an error.
            let title = if mask.has("title") { title.clone() } else { conversation.title.clone() };
            conversation.set_title(&title, now)
        };
        self.change_conversation(caller, "UpdateConversation", key, target, set_title).await
    }

    pub(super) async fn handle_delete_conversation(
        &self,
        request: Request<DeleteConversationRequest>,
    ) -> RpcResult<Conversation> {
        let caller = Caller::from_request(&request)?.clone();
        let mut request = validate(request.into_inner())?;
        let key =
            request_key("DeleteConversation", std::mem::take(&mut request.request_id), &request);
        let target = (wire::parse_id(&request.id)?, request.etag);
        self.change_conversation(caller, "DeleteConversation", key, target, |conversation, now| {
            conversation.delete(now);
            Ok(())
        })
        .await
    }

    pub(super) async fn handle_undelete_conversation(
        &self,
        request: Request<UndeleteConversationRequest>,
    ) -> RpcResult<Conversation> {
        let caller = Caller::from_request(&request)?.clone();
        let mut request = validate(request.into_inner())?;
        let key =
            request_key("UndeleteConversation", std::mem::take(&mut request.request_id), &request);
        let target = (wire::parse_id(&request.id)?, request.etag);
        self.change_conversation(
            caller,
            "UndeleteConversation",
            key,
            target,
            |conversation, now| {
                conversation.undelete(now);
                Ok(())
            },
        )
        .await
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
