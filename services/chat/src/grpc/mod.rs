//! The wire: [`service`] is the list of methods, each of which is in the file of its resource;
//! [`wire`] makes messages into domain types and back.

mod conversation;
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
use tandem_auth::Caller;
use tandem_clock::Clock;
use tandem_database::Database;
use tandem_database::requests::Key;
use tandem_error::Error;

use crate::agent::Agent;
use crate::store::Door;

/// Serves `tandem.chat.v1.ChatService`.
#[derive(Clone)]
pub struct ChatApi {
    db: Database,
    door: Door,
    clock: Clock,
    agent: Agent,
    /// How long a deleted conversation is kept before it may be purged.
    retention: Duration,
}

impl ChatApi {
    /// Serves the conversations in `db`, whose messages `agent` answers.
    #[must_use]
    pub fn new(db: Database, clock: Clock, agent: Agent, retention: Duration) -> Self {
        Self { door: Door::new(db.clone(), clock.clone()), db, clock, agent, retention }
    }
}

/// The key of a request whose id was taken out of it.
fn key(method: &str, request_id: String, request: &impl Message) -> Key {
    Key { digest: digest(method, request), request_id }
}

/// Refuses a path that names a user other than the caller.
fn expect_self(caller: &Caller, method: &'static str, user_id: &str) -> Result<(), Error> {
    if user_id.is_empty() || user_id == caller.owner().as_str() {
        return Ok(());
    }
    tandem_auth::audit::log_denied(caller, method, "another user's path");
    Err(Error::Denied)
}
