//! What a newcomer sees when the system is up: where it is, and what to paste.

use std::net::SocketAddr;

use tandem_error::Cause;
use tandem_llm::Settings;
use tokio_util::sync::CancellationToken;
use tonic::transport::Endpoint;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

use crate::arguments::{HOURS, USER};
use crate::keys::Keys;
use crate::terminal;

/// Prints the addresses, a token and commands to paste, as soon as both services can work.
pub(crate) async fn greet(
    keys: &Keys,
    models: &str,
    chat: SocketAddr,
    task: SocketAddr,
    shutdown: &CancellationToken,
) -> Result<(), Cause> {
    let up = async {
        serving(chat).await?;
        serving(task).await
    };
    match shutdown.run_until_cancelled(up).await {
        None => Ok(()),
        Some(up) => {
            up?;
            terminal::print(&text(&keys.token(USER, HOURS)?, models, chat, task))
        }
    }
}

/// Waits until the service at `address` can do its work. A connection alone does not say so: the socket
/// listens before the database is open.
async fn serving(address: SocketAddr) -> Result<(), Cause> {
    let channel = Endpoint::from_shared(format!("http://{address}"))?.connect().await?;
    let watch = HealthClient::new(channel).watch(HealthCheckRequest::default()).await?;
    let mut states = watch.into_inner();
    while let Some(state) = states.message().await? {
        if state.status() == ServingStatus::Serving {
            return Ok(());
        }
    }
    Err(format!("the service at {address} ended before it served").into())
}

/// The models in use. A key alone sends no data anywhere; if there is one, the line shows how to use it.
pub(crate) fn models(settings: &Settings) -> String {
    let used = settings.fallback_order.join(", then ");
    let is_unused = |name: &&String| !settings.fallback_order.contains(*name);
    let keys = settings.providers.iter().filter(|(_, provider)| provider.api_key.is_some());
    match keys.map(|(name, _)| name).find(is_unused) {
        Some(name) => format!(
            "{used}\n                 (a key is set for {name}: \
             TANDEM_CHAT__MODELS__FALLBACK_ORDER={name},builtin uses it)"
        ),
        None => used,
    }
}

fn text(token: &str, models: &str, chat: SocketAddr, task: SocketAddr) -> String {
    format!(
        r#"
Tandem is up.

  chat service   {chat}   tandem.chat.v1.ChatService
  task service   {task}   tandem.task.v1.TaskService
  models         {models}

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
