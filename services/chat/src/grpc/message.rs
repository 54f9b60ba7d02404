//! Handlers that read messages; [`post`] has those that post one.

mod post;

use tandem_aip::Order;
use tandem_aip::page::{self, PageLimits, PageTokenContext};
use tandem_auth::Caller;
use tandem_error::{Error, combine_violations, validate, validate_mut};
use tandem_proto::chat::{GetMessageRequest, ListMessagesRequest, ListMessagesResponse, Message};
use tonic::{Request, Response};

use super::{ChatApi, RpcResult, wire};
use crate::store;

impl ChatApi {
    pub(super) async fn handle_list_messages(
        &self,
        request: Request<ListMessagesRequest>,
    ) -> RpcResult<ListMessagesResponse> {
        let caller = Caller::from_request(&request)?.clone();
        let mut request = request.into_inner();
        let valid = validate_mut(&mut request);
        let order = Order::parse(&request.order_by, &[("sequence", ())]);
        let size = page::size(
            std::mem::take(&mut request.page_size),
            ListMessagesRequest::DEFAULT_PAGE_SIZE,
            ListMessagesRequest::MAX_PAGE_SIZE,
        );
        let token = std::mem::take(&mut request.page_token);
        let (db, owner) = (self.db.reader(), caller.owner());
        let key = &self.page_token_key;
        let tokens = PageTokenContext::new(key, "ListMessages", owner.as_str(), &request);
        let (((), order), after) = combine_violations(
            combine_violations(valid, order),
            tokens.decode_page_token::<i64>(&token),
        )?;
        let id = wire::parse_id(&request.conversation_id)?;
        store::find_conversation(db, owner, id).await?.ok_or(Error::Denied)?;
        let page =
            store::list_messages(db, owner, id, order.direction, after, PageLimits::items(size))
                .await?;
        Ok(Response::new(ListMessagesResponse {
            messages: page.messages.into_iter().map(wire::message_to_proto).collect(),
            next_page_token: page.next.map(|next| tokens.encode(&next)).unwrap_or_default(),
        }))
    }

    pub(super) async fn handle_get_message(
        &self,
        request: Request<GetMessageRequest>,
    ) -> RpcResult<Message> {
        let caller = Caller::from_request(&request)?.clone();
        let request = validate(request.into_inner())?;
        let id = wire::parse_id(&request.id)?;
        let found = store::find_message(self.db.reader(), caller.owner(), id).await?;
        Ok(Response::new(wire::message_to_proto(found.ok_or(Error::Denied)?)))
    }
}
