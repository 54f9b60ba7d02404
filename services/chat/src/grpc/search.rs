//! Finding messages by their words.

use std::ops::Range;

use tandem_aip::page::{self, Scope};
use tandem_auth::Caller;
use tandem_error::{Error, combine_violations, validate_mut};
use tandem_proto::chat::{MessageMatch, SearchMessagesRequest, SearchMessagesResponse, Span};
use tonic::{Request, Response, Status};

use super::{ChatApi, wire};
use crate::domain::Message;
use crate::store::{self, Sought};

impl ChatApi {
    pub(super) async fn search(
        &self,
        request: Request<SearchMessagesRequest>,
    ) -> Result<Response<SearchMessagesResponse>, Status> {
        let caller = Caller::from_request(&request)?.clone();
        let mut request = request.into_inner();
        let rules = validate_mut(&mut request);
        let words = words(&request.query);
        let size = page::size(
            std::mem::take(&mut request.page_size),
            SearchMessagesRequest::DEFAULT_PAGE_SIZE,
            SearchMessagesRequest::MAX_PAGE_SIZE,
        );
        let token = std::mem::take(&mut request.page_token);
        let (db, owner) = (self.db.reader(), caller.owner());
        let scope = Scope::of("SearchMessages", owner.as_str(), &request);
        let (((), words), after) =
            combine_violations(combine_violations(rules, words), scope.position::<i64>(&token))?;
        let mut sought = Sought { words, conversation_id: None };
        if !request.conversation_id.is_empty() {
            let id = wire::id(&request.conversation_id)?;
            store::find_conversation(db, owner, id).await?.ok_or(Error::Denied)?;
            sought.conversation_id = Some(id);
        }
        let page = store::search_messages(db, owner, &sought, after, size).await?;
        let show = |message| show(message, &sought.words);
        Ok(Response::new(SearchMessagesResponse {
            matches: page.messages.into_iter().map(show).collect(),
            next_page_token: page.next.map(|next| scope.token(&next)).unwrap_or_default(),
        }))
    }
}

/// The words of a query. That it is not empty is a rule of its own.
fn words(query: &str) -> Result<Vec<String>, Error> {
    let words = tandem_text_search::split_words(query);
    if words.is_empty() && !query.is_empty() {
        return Err(Error::invalid("query", "has no words to search for"));
    }
    Ok(words)
}

fn show(message: Message, words: &[String]) -> MessageMatch {
    let shown = tandem_text_search::extract_snippet(&message.content, words);
    MessageMatch {
        message: Some(wire::message(message)),
        snippet: shown.text,
        highlights: shown.highlights.into_iter().map(span).collect(),
    }
}

fn span(Range { start, end }: Range<usize>) -> Span {
    let place = |at| i32::try_from(at).unwrap_or(i32::MAX);
    Span { start: place(start), end: place(end) }
}
