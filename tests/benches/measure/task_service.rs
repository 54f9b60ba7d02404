//! The task service in a process of its own, as it is in production.

use tandem_proto::task::task_service_client::TaskServiceClient;
use tandem_task::{Config, Settings};
use tandem_test_support::{AUDIENCE, Issuer};

use super::database::Place;
use super::load::{Bearer, Meters, Tasks, connect};
use super::process::{self, Server};

/// The role of a process that serves tasks.
pub(crate) const ROLE: &str = "task";

/// The secret of its page tokens.
pub(crate) const PAGE_TOKEN_SECRET: &str = "the secret of a benchmark's page tokens";

/// A task service that runs on a database.
pub(crate) struct TaskServer {
    server: Server,
    issuer: Issuer,
    meters: Meters,
}

impl TaskServer {
    /// Starts the service; its database is migrated if need be.
    pub(crate) fn start(place: &Place) -> Self {
        let issuer = Issuer::new();
        let trust = serde_json::to_string(&[issuer.trust(AUDIENCE)]).expect("JSON");
        let server = Server::start(ROLE, &[place.settings.url.expose(), &trust]);
        let meters = Meters { server: server.cpu(), database: place.cpu };
        Self { server, issuer, meters }
    }

    /// A client with a connection of its own that speaks for a user.
    pub(crate) async fn client(&self, user: &str) -> Tasks {
        let channel = connect(&self.server.url).await;
        TaskServiceClient::with_interceptor(channel, Bearer(self.issuer.token(user)))
    }

    /// What its CPU time is read by.
    pub(crate) fn meters(&self) -> Meters {
        self.meters
    }
}

/// Serves tasks, in the process that [`TaskServer::start`] started.
pub(crate) fn serve(arguments: &[String]) {
    let [url, trust] = arguments else { panic!("a database and whom to trust") };
    let mut settings = Settings::default();
    settings.database.url = url.as_str().into();
    settings.database.page_token_key = Some(PAGE_TOKEN_SECRET.into());
    settings.auth.trust = serde_json::from_str(trust).expect("JSON");
    process::serve(async |listener, shutdown| {
        tandem_task::serve(Config::new(settings), listener, shutdown).await.expect("it serves");
    });
}
