//! What a newcomer sees when the system is up: where it is, and what to paste.

use std::net::SocketAddr;

use tandem_errors::Cause;
use tokio_util::sync::CancellationToken;
use tonic::transport::Endpoint;

use crate::arguments::{HOURS, USER};
use crate::keys::Keys;
use crate::terminal;

/// Prints the addresses, a token and commands to paste, as soon as both services answer.
pub(crate) async fn greet(
    keys: &Keys,
    chat: SocketAddr,
    task: SocketAddr,
    shutdown: &CancellationToken,
) -> Result<(), Cause> {
    let up = async {
        for address in [chat, task] {
            // The socket listens already: this returns when the service accepts.
            Endpoint::from_shared(format!("http://{address}"))?.connect().await?;
        }
        Ok::<_, Cause>(())
    };
    match shutdown.run_until_cancelled(up).await {
        None => Ok(()),
        Some(up) => {
            up?;
            terminal::print(&text(&keys.token(USER, HOURS)?, chat, task))
        }
    }
}

fn text(token: &str, chat: SocketAddr, task: SocketAddr) -> String {
    format!(
        r#"
Tandem is up.

  chat service   {chat}   tandem.chat.v1.ChatService
  task service   {task}   tandem.task.v1.TaskService

A token for the user "{USER}", valid for {HOURS} hours (another: cargo run -- token --sub alice):

export TOKEN={token}

Paste into a second terminal:

cargo run -q -- ask "add buy milk tomorrow at 5pm with high priority, then show my list"

cargo run -q -- chat

grpcurl -plaintext -H "authorization: Bearer $TOKEN" -d '{{"message": "what is due today?"}}' {chat} tandem.chat.v1.ChatService/Chat

Ctrl-C stops it.

"#
    )
}
