//! Wiring: the parts of the task service, used alike by its binary, the embedded system and tests.

use tandem_auth::Scope;
use tandem_clock::Clock;
use tandem_error::Cause;
use tandem_proto::task::METHODS;
use tandem_proto::task::task_service_server::{SERVICE_NAME, TaskServiceServer};
use tandem_server::MethodTimeouts;
use tandem_service::{Context, Parts, Service};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::grpc::TaskApi;
use crate::store::{ChangeNotifier, Migrator, TaskWriter, listen_to_replicas};
use crate::{Config, Settings, purge};

/// Serves tasks on `listener` until `shutdown` is cancelled and the running calls have finished.
///
/// # Errors
/// See [`tandem_service::serve`].
pub async fn serve(
    config: Config,
    listener: TcpListener,
    shutdown: CancellationToken,
) -> Result<(), Cause> {
    tandem_service::serve(config, listener, shutdown).await
}

/// Migrates the database to the newest schema.
///
/// # Errors
/// The database cannot be reached, or a migration fails.
pub async fn migrate(settings: &Settings) -> Result<(), Cause> {
    tandem_service::migrate::<Config>(settings).await
}

impl Service for Config {
    const NAME: &'static str = "task";
    const GRPC_SERVICE: &'static str = SERVICE_NAME;
    const SCOPE: Scope = Scope::Tasks;
    type Settings = Settings;
    type Migrator = Migrator;

    fn settings(&self) -> &Settings {
        &self.settings
    }

    fn clock(&self) -> &Clock {
        &self.clock
    }

    async fn build(self, context: Context) -> Result<Parts, Cause> {
        let Self { settings, clock } = self;
        let notifier = ChangeNotifier::default();
        let writer = TaskWriter::new(context.db.clone(), clock.clone(), notifier.clone());
        let api = TaskApi {
            db: context.db.clone(),
            writer: writer.clone(),
            clock,
            notifier: notifier.clone(),
            retention: settings.purge.deleted_retention.get(),
            leeway: settings.auth.leeway.get(),
            page_token_key: context.db.page_token_key().await?,
            watch: settings.watch.clone(),
            streams: settings.streams.clone(),
            shutdown: context.stop.clone(),
        };
        let routes = tandem_service::routes!(context, TaskServiceServer::new(api));
        let purge = purge::job(&context, writer, settings);
        let listener = listen_to_replicas(context.db, notifier, context.stop);
        let timeouts = MethodTimeouts::from_contract(METHODS, None);
        Ok(Parts::new(routes).method_timeouts(timeouts).job(purge).job(listener))
    }
}
