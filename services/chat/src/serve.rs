//! Wiring: the parts of the chat service.

use std::time::Duration;

use tandem_auth::Scope;
use tandem_clock::Clock;
use tandem_error::Cause;
use tandem_proto::chat::chat_service_server::ChatServiceServer;
use tandem_service::{Context, Parts, Service};
use tandem_task_tools::Toolbox;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tonic::transport::{Channel, Endpoint};

use crate::agent::{self, Agent, Credentials};
use crate::grpc::{ChatApi, EarlyHeaders};
use crate::store::{ConversationWriter, Migrator};
use crate::{Config, Settings, purge};

/// How much longer than a turn a call that waits for it may take.
const TURN_MARGIN: Duration = Duration::from_secs(10);

/// The part of the shutdown in which interrupted turns record that they are handed over.
const HAND_OVER_TIMEOUT: Duration = Duration::from_secs(5);

impl Service for Config {
    const NAME: &'static str = "chat";
    const SCOPE: Scope = Scope::Chat;
    type Settings = Settings;
    type Migrator = Migrator;

    fn settings_and_clock(&self) -> (&Settings, &Clock) {
        (&self.settings, &self.clock)
    }

    async fn build(self, context: Context) -> Result<Parts, Cause> {
        let Self { settings, clock, models } = self;
        let agent = Agent::new(agent::Parts {
            db: context.db.clone(),
            clock: clock.clone(),
            models,
            toolbox: Toolbox::new(connect_tasks(&settings)?, &settings.tasks.calls),
            credentials: Credentials::new(&settings.delegation)?,
            limits: settings.agent.clone(),
        });
        let api = ChatApi {
            db: context.db.clone(),
            writer: ConversationWriter::new(context.db.clone(), clock.clone()),
            clock,
            agent: agent.clone(),
            retention: settings.purge.deleted_retention.get(),
            page_token_key: context.db.page_token_key().await?,
            streams: settings.streams.clone(),
        };
        let turn = settings.agent.turn_timeout.get() + TURN_MARGIN;
        let (limit, stop) = (settings.server.shutdown_timeout.get(), context.stop.clone());
        Ok(Parts::new(&context, EarlyHeaders(ChatServiceServer::new(api)))
            .turn_timeout(turn)
            .job(purge::job(&context))
            .job(context.request_id_job())
            .job(async move { agent.notify_replicas_during(run_turns(&agent, limit, stop)).await }))
    }
}

/// The task service. Connects at the first call, and again after the connection is lost.
fn connect_tasks(settings: &Settings) -> Result<Channel, Cause> {
    Ok(Endpoint::from_shared(settings.tasks.endpoint.clone())?
        .connect_timeout(Duration::from_secs(2))
        .http2_keep_alive_interval(Duration::from_secs(30))
        .keep_alive_while_idle(true)
        .tcp_nodelay(true)
        .connect_lazy())
}

/// Recovers turns until `stop`. Then the running turns may finish within `limit`; those that take longer
/// are handed over.
async fn run_turns(agent: &Agent, limit: Duration, stop: CancellationToken) {
    agent.recover(stop).await;
    let hand_over = HAND_OVER_TIMEOUT.min(limit / 4);
    if timeout(limit - hand_over, agent.stop()).await.is_err() {
        agent.hand_over();
        let _ = timeout(hand_over, agent.stop()).await;
    }
}
