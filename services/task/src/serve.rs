//! Wiring: the parts of the task service.

use tandem_auth::Scope;
use tandem_clock::Clock;
use tandem_error::Cause;
use tandem_proto::task::task_service_server::TaskServiceServer;
use tandem_service::{Context, Parts, Service};

use crate::grpc::TaskApi;
use crate::store::{ChangeNotifier, Migrator, TaskWriter, listen_to_replicas};
use crate::{Config, Settings, purge};

impl Service for Config {
    const NAME: &'static str = "task";
    const SCOPE: Scope = Scope::Tasks;
    type Settings = Settings;
    type Migrator = Migrator;

    fn settings_and_clock(&self) -> (&Settings, &Clock) {
        (&self.settings, &self.clock)
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
        let parts = Parts::new(&context, TaskServiceServer::new(api));
        let purge = purge::job(&context, writer, settings);
        let request_ids = context.request_id_job();
        let listener = listen_to_replicas(context.db, notifier, context.stop);
        Ok(parts.job(purge).job(request_ids).job(listener))
    }
}
