//! `tandem ask`: sends one message and prints the streamed answer.

use tandem_error::Cause;

use crate::arguments::User;
use crate::client::{Client, status_message};
use crate::settings::System;
use crate::terminal;

/// Sends `message` in a new conversation and prints the answer.
pub(crate) async fn send_message(
    system: &System,
    user: &User,
    message: String,
) -> Result<(), Cause> {
    let mut client = Client::connect(system, &user.sub).await?;
    let conversation = client.start_conversation().await?;
    let mut events = client.post_message(&conversation, message).await?;
    while let Some(event) = events.message().await.map_err(status_message)? {
        match terminal::print_event(event)? {
            None => {}
            Some(true) => return Ok(()),
            Some(false) => return Err("the turn ended without an answer".into()),
        }
    }
    Err("the event stream ended before the answer was complete".into())
}
