//! The gRPC API. [`service`] lists the methods; the handlers are in one file per resource; [`wire`]
//! converts between protobuf messages and domain types.

mod conversation;
mod early_headers;
mod export;
mod message;
mod search;
mod service;
mod turn;
mod usage;
mod wire;

use std::time::Duration;

use prost::Message;
use tandem_aip::digest;
use tandem_aip::page::PageTokenKey;
use tandem_auth::Caller;
use tandem_clock::Clock;
use tandem_database::Database;
use tandem_database::requests::Key;
use tandem_error::Error;
use tandem_server::StreamSettings;
use tonic::{Response, Status};

use crate::agent::Agent;
use crate::store::ConversationWriter;
pub(crate) use early_headers::EarlyHeaders;

/// The result of a handler.
type RpcResult<T> = Result<Response<T>, Status>;

/// Serves `tandem.chat.v1.ChatService`.
#[derive(Clone)]
pub struct ChatApi {
    pub db: Database,
    pub writer: ConversationWriter,
    pub clock: Clock,
    /// Works on the turns.
    pub agent: Agent,
    /// How long a deleted conversation is kept before it may be purged.
    pub retention: Duration,
    pub page_token_key: PageTokenKey,
    pub streams: StreamSettings,
}

/// The idempotency key of a request whose id was taken out of it.
fn request_key(method: &str, request_id: String, request: &impl Message) -> Key {
    Key { digest: digest(method, request), request_id }
}

/// Denies access if the path names a user other than the caller.
fn expect_self(caller: &Caller, method: &'static str, user_id: &str) -> Result<(), Error> {
    if user_id.is_empty() || user_id == caller.owner().as_str() {
        return Ok(());
    }
    tandem_auth::audit::log_denied(caller, method, "another user's path");
    Err(Error::Denied)
}
