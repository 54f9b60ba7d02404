//! Handler for the search of messages by words.

use std::ops::Range;

use tandem_aip::page::{self, PageTokenContext};
use tandem_auth::Caller;
use tandem_error::{Error, combine_violations, validate_mut};
use tandem_proto::chat::{MessageMatch, SearchMessagesRequest, SearchMessagesResponse, Span};
use tonic::{Request, Response};

use super::{ChatApi, RpcResult, wire};
use crate::domain::Message;
use crate::store::{self, MessageQuery};

impl ChatApi {
    pub(super) async fn handle_search_messages(
        &self,
        request: Request<SearchMessagesRequest>,
    ) -> RpcResult<SearchMessagesResponse> {
        let caller = Caller::from_request(&request)?.clone();
        let mut request = request.into_inner();
        let valid = validate_mut(&mut request);
        let words = parse_query(&request.query);
        let size = page::size(
            std::mem::take(&mut request.page_size),
            SearchMessagesRequest::DEFAULT_PAGE_SIZE,
            SearchMessagesRequest::MAX_PAGE_SIZE,
        );
        let token = std::mem::take(&mut request.page_token);
        let (db, owner) = (self.db.reader(), caller.owner());
        let key = &self.page_token_key;
        let tokens = PageTokenContext::new(key, "SearchMessages", owner.as_str(), &request);
        let (((), words), after) = combine_violations(
            combine_violations(valid, words),
            tokens.decode_page_token::<i64>(&token),
        )?;
        let mut query = MessageQuery { words, conversation_id: None };
        if !request.conversation_id.is_empty() {
            let id = wire::parse_id(&request.conversation_id)?;
            store::find_conversation(db, owner, id).await?.ok_or(Error::Denied)?;
            query.conversation_id = Some(id);
        }
        let page = store::search_messages(db, owner, &query, after, size).await?;
        let matches =
            page.messages.into_iter().map(|it| match_to_proto(it, &query.words)).collect();
        Ok(Response::new(SearchMessagesResponse {
            matches,
            next_page_token: page.next.map(|next| tokens.encode(&next)).unwrap_or_default(),
        }))
    }
}

/// Splits a query into words. An empty query is reported by the validation of the request.
fn parse_query(query: &str) -> Result<Vec<String>, Error> {
    let words = tandem_text_search::split_words(query);
    if words.is_empty() && !query.is_empty() {
        return Err(Error::invalid("query", "has no words to search for"));
    }
    Ok(words)
}

fn match_to_proto(message: Message, words: &[String]) -> MessageMatch {
    let snippet = tandem_text_search::extract_snippet(&message.content, words);
    MessageMatch {
        message: Some(wire::message_to_proto(message)),
        snippet: snippet.text,
        highlights: snippet.highlights.into_iter().map(span_to_proto).collect(),
    }
}

fn span_to_proto(Range { start, end }: Range<usize>) -> Span {
    Span {
        start: i32::try_from(start).unwrap_or(i32::MAX),
        end: i32::try_from(end).unwrap_or(i32::MAX),
    }
}
