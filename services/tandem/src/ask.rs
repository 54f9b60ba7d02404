//! `tandem ask`: one message, the answer as it comes.

use tandem_error::Cause;

use crate::arguments::User;
use crate::client::{Client, explain};
use crate::settings::System;
use crate::terminal;

/// Sends `message` in a conversation of its own and prints the answer.
pub(crate) async fn ask(system: &System, user: &User, message: String) -> Result<(), Cause> {
    let mut client = Client::connect(system, &user.sub).await?;
    let conversation = client.start_conversation().await?;
    let mut events = client.post(&conversation, message).await?;
    while let Some(event) = events.message().await.map_err(explain)? {
        match terminal::show(event)? {
            None => {}
            Some(true) => return Ok(()),
            Some(false) => return Err("there is no answer".into()),
        }
    }
    Err("the answer broke off".into())
}
