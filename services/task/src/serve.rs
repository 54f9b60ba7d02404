//! Putting the service together: one way for its binary, the embedded system and tests.

use std::sync::Arc;
use std::time::Duration;

use tandem_auth::{AuthLayer, Policy, Scope, Verifier};
use tandem_clock::Clock;
use tandem_database::Database;
use tandem_error::Cause;
use tandem_proto::task::task_service_server::{SERVICE_NAME, TaskServiceServer};
use tandem_server::{LongMethods, Readiness, Stack};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;

use crate::Settings;
use crate::grpc::TaskApi;
use crate::store::{ChangeNotifier, Migrator, TaskWriter};
use crate::{change_listener, purge};

/// What a task service needs.
#[derive(Debug, Clone)]
pub struct Config {
    /// Its settings.
    pub settings: Settings,
    /// Says what time it is.
    pub clock: Clock,
}

impl Config {
    /// What the settings say, at the time of the machine.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self { settings, clock: Clock::system() }
    }
}

/// Serves tasks on `listener` until `shutdown` is cancelled and the running calls have ended.
///
/// # Errors
/// The settings have faults, the database cannot be opened or migrated, or the transport fails.
pub async fn serve(
    config: Config,
    listener: TcpListener,
    shutdown: CancellationToken,
) -> Result<(), Cause> {
    let Config { settings, clock } = config;
    let verifier = Verifier::new(&settings.auth).map_err(|faults| faults.join("; "))?;
    let policy = Policy::deny_by_default()
        .public("/grpc.health.v1.Health/")
        .public("/grpc.reflection.v1.ServerReflection/")
        .public("/grpc.reflection.v1alpha.ServerReflection/")
        .require(SERVICE_NAME, Scope::Tasks);
    let db = Database::start::<Migrator>(&settings.database).await?;
    let notifier = ChangeNotifier::default();
    let writer = TaskWriter::new(db.clone(), clock.clone(), notifier.clone());
    let api = TaskApi {
        db: db.clone(),
        writer: writer.clone(),
        clock: clock.clone(),
        notifier: notifier.clone(),
        leeway: Duration::from_secs(settings.auth.leeway_seconds),
        shutdown: shutdown.clone(),
    };
    let tasks = TaskServiceServer::new(api)
        .max_decoding_message_size(settings.server.max_message_bytes)
        .max_encoding_message_size(settings.server.max_answer_bytes);
    let stack = Stack {
        routes: Routes::new(tasks),
        services: vec![SERVICE_NAME],
        auth: AuthLayer::new(Arc::new(verifier), policy),
        // A watch lasts until its caller leaves.
        long_methods: LongMethods::new([(format!("/{SERVICE_NAME}/WatchTasks"), None)]),
        readiness: readiness(db.clone()),
    };
    let served = tandem_server::serve(&settings.server, listener, stack, shutdown.clone());
    let (served, (), ()) = tokio::join!(
        served,
        purge::every_so_often(&writer, &clock, &settings.purge, &shutdown),
        change_listener::listen_to_replicas(&db, &notifier, &shutdown),
    );
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

fn readiness(db: Database) -> Readiness {
    Readiness::new(move || {
        let db = db.clone();
        async move { db.ready::<Migrator>().await.map_err(|error| error.to_string()) }
    })
}
