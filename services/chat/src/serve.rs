//! Putting the service together: one way for its binary, the embedded system and tests.

use std::sync::Arc;
use std::time::Duration;

use tandem_auth::{AuthLayer, Policy, Scope, Verifier};
use tandem_clock::Clock;
use tandem_database::Database;
use tandem_error::Cause;
use tandem_proto::chat::chat_service_server::{ChatServiceServer, SERVICE_NAME};
use tandem_server::{LongMethods, Readiness, Stack};
use tandem_task_tools::Toolbox;
use tokio::net::TcpListener;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;
use tonic::transport::Endpoint;

use crate::Settings;
use crate::agent::{Agent, Credentials, Models, Parts};
use crate::grpc::ChatApi;
use crate::purge;
use crate::store::{Door, Migrator};

/// How long a turn that is handed over may take to write that, of the time for the shutdown.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// What a chat service needs.
#[derive(Clone)]
pub struct Config {
    /// Its settings.
    pub settings: Settings,
    /// Says what time it is.
    pub clock: Clock,
    /// The models that answer.
    pub models: Models,
}

impl Config {
    /// What the settings say, at the time of the machine.
    ///
    /// # Errors
    /// The models that the settings name cannot be set up.
    pub fn new(settings: Settings) -> Result<Self, Cause> {
        let models = Models::open(&settings.models)?;
        Ok(Self { settings, clock: Clock::system(), models })
    }
}

/// Serves conversations on `listener` until `shutdown` is cancelled and the running turns have ended
/// or are handed over.
///
/// # Errors
/// The settings have faults, the database cannot be opened or migrated, or the transport fails.
pub async fn serve(
    config: Config,
    listener: TcpListener,
    shutdown: CancellationToken,
) -> Result<(), Cause> {
    let Config { settings, clock, models } = config;
    let verifier = Verifier::new(&settings.auth).map_err(|faults| faults.join("; "))?;
    let policy = Policy::deny_by_default()
        .public("/grpc.health.v1.Health/")
        .public("/grpc.reflection.v1.ServerReflection/")
        .public("/grpc.reflection.v1alpha.ServerReflection/")
        .require(SERVICE_NAME, Scope::Chat);
    let db = Database::start::<Migrator>(&settings.database).await?;
    let agent = agent(&settings, db.clone(), clock.clone(), models)?;
    let door = Door::new(db.clone(), clock.clone());
    let chat = ChatServiceServer::new(ChatApi::new(db.clone(), clock.clone(), agent.clone()))
        .max_decoding_message_size(settings.server.max_message_bytes)
        .max_encoding_message_size(settings.server.max_answer_bytes);
    let stack = Stack {
        routes: Routes::new(chat),
        services: vec![SERVICE_NAME],
        auth: AuthLayer::new(Arc::new(verifier), policy),
        long_methods: long_methods(&settings),
        readiness: readiness(db.clone()),
    };
    let stop = shutdown.child_token();
    let served = async {
        // Where the server ends by itself, all else does.
        let _stop = stop.clone().drop_guard();
        tandem_server::serve(&settings.server, listener, stack, shutdown).await
    };
    let turns = async {
        agent.recover(stop.clone()).await;
        finish_turns(&agent, &settings).await;
    };
    let purge = purge::every_so_often(&door, &clock, &settings.purge, &stop);
    let (served, (), ()) = tokio::join!(served, turns, purge);
    db.close().await;
    served
}

/// Brings the database to the newest schema.
///
/// # Errors
/// The database cannot be reached, or a step fails.
pub async fn migrate(settings: &Settings) -> Result<(), Cause> {
    let db = Database::open(&settings.database).await?;
    db.migrate::<Migrator>().await?;
    db.close().await;
    Ok(())
}

fn agent(settings: &Settings, db: Database, clock: Clock, models: Models) -> Result<Agent, Cause> {
    // Connects when it is first used, and again when it is lost.
    let channel = Endpoint::from_shared(settings.tasks.endpoint.clone())?
        .connect_timeout(Duration::from_secs(2))
        .http2_keep_alive_interval(Duration::from_secs(30))
        .keep_alive_while_idle(true)
        .tcp_nodelay(true)
        .connect_lazy();
    Ok(Agent::new(Parts {
        db,
        clock,
        models,
        toolbox: Toolbox::new(channel, &settings.tasks.calls),
        credentials: Credentials::new(&settings.delegation)?,
        limits: settings.agent.clone(),
    }))
}

/// Lets the running turns end, and hands over those that take too long.
async fn finish_turns(agent: &Agent, settings: &Settings) {
    let limit = Duration::from_secs(settings.server.shutdown_seconds);
    let last_words = LAST_WORDS.min(limit / 4);
    if timeout(limit - last_words, agent.stop()).await.is_err() {
        agent.hand_over();
        let _ = timeout(last_words, agent.stop()).await;
    }
}

/// Methods that wait for a turn, and a little longer than a turn may take.
fn long_methods(settings: &Settings) -> LongMethods {
    let limit = Some(settings.agent.turn() + Duration::from_secs(10));
    let methods = ["CreateMessage", "StreamMessage", "Chat", "FollowTurn", "CancelTurn"];
    let method = |method| (format!("/{SERVICE_NAME}/{method}"), limit);
    let export = (format!("/{SERVICE_NAME}/ExportConversation"), None);
    LongMethods::new(methods.map(method).into_iter().chain([export]))
}

fn readiness(db: Database) -> Readiness {
    Readiness::new(move || {
        let db = db.clone();
        async move { db.ready::<Migrator>().await.map_err(|error| error.to_string()) }
    })
}
