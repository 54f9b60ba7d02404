//! The banner: addresses, a token and example commands, printed once the system serves.

use std::net::SocketAddr;

use tandem_error::Cause;
use tandem_llm::Settings;
use tokio_util::sync::CancellationToken;
use tonic::transport::Endpoint;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

use crate::arguments::{DEFAULT_TOKEN_HOURS, DEFAULT_USER};
use crate::keys::Keys;
use crate::terminal;

/// The command that prints a token.
const TOKEN_COMMAND: &str = "cargo run -q -- token";

/// Prints the banner as soon as both services report SERVING.
pub(crate) async fn print_banner(
    keys: &Keys,
    models: &str,
    chat: SocketAddr,
    task: SocketAddr,
    shutdown: &CancellationToken,
) -> Result<(), Cause> {
    let up = async {
        wait_until_serving(chat).await?;
        wait_until_serving(task).await
    };
    match shutdown.run_until_cancelled(up).await {
        None => Ok(()),
        Some(up) => {
            up?;
            let token = match terminal::is_interactive() {
                true => keys.user_token(DEFAULT_USER, DEFAULT_TOKEN_HOURS)?,
                // Logs and files keep no token.
                false => format!("$({TOKEN_COMMAND})"),
            };
            terminal::print_text(&banner_text(&token, models, chat, task))
        }
    }
}

/// Waits until the service at `address` reports SERVING. An accepted connection is not enough: the socket
/// listens before the database is open.
async fn wait_until_serving(address: SocketAddr) -> Result<(), Cause> {
    let channel = Endpoint::from_shared(format!("http://{address}"))?.connect().await?;
    let watch = HealthClient::new(channel).watch(HealthCheckRequest::default()).await?;
    let mut states = watch.into_inner();
    while let Some(state) = states.message().await? {
        if state.status() == ServingStatus::Serving {
            return Ok(());
        }
    }
    Err(format!("the service at {address} stopped before it reported SERVING").into())
}

/// The models in fallback order, with a hint if an API key is set for a provider that is not in it.
pub(crate) fn describe_models(settings: &Settings) -> String {
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

fn banner_text(token: &str, models: &str, chat: SocketAddr, task: SocketAddr) -> String {
    format!(
        r#"
Tandem is up.

  chat service   {chat}   tandem.chat.v1.ChatService
  task service   {task}   tandem.task.v1.TaskService
  models         {models}

A token for the user "{DEFAULT_USER}", valid for {DEFAULT_TOKEN_HOURS} hours (another: cargo run -- token --sub alice):

export TOKEN={token}

Paste into a second terminal:

cargo run -q -- ask "add buy milk tomorrow at 5pm with high priority, then show my list"

cargo run -q -- chat

grpcurl -plaintext -H "authorization: Bearer $TOKEN" -d '{{"message": "what is due today?"}}' {chat} tandem.chat.v1.ChatService/Chat

Ctrl-C stops it.

"#
    )
}
