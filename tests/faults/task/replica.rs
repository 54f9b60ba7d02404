//! A replica of the service, in this process.

use tandem_clock::Clock;
use tandem_database::Url;
use tandem_task::{Config, Settings};
use tandem_test_support::{AUDIENCE, Issuer};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tonic::transport::{Channel, Endpoint};

use super::retrying_client::in_time;

/// A running service; it stops when this is dropped.
pub(crate) struct Replica {
    /// A channel to it.
    pub(crate) channel: Channel,
    server: JoinHandle<()>,
    shutdown: CancellationToken,
}

/// The settings of a service on the database at `url`, for users of `issuer`.
pub(crate) fn settings(url: &str, issuer: &Issuer) -> Settings {
    let mut settings = Settings::default();
    settings.auth.trust = vec![issuer.trust(AUDIENCE)];
    settings.database.url = Url::from(url);
    settings
}

impl Replica {
    /// Starts a service.
    pub(crate) async fn start(settings: Settings, clock: Clock) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound port");
        let shutdown = CancellationToken::new();
        let stop = shutdown.clone();
        let server = tokio::spawn(async move {
            let config = Config { settings, clock };
            tandem_task::serve(config, listener, stop).await.expect("it serves");
        });
        let endpoint = Endpoint::from_shared(format!("http://{address}")).expect("a URL");
        let channel = endpoint.connect().await.expect("a server");
        Self { channel, server, shutdown }
    }

    /// Stops the service and waits for its end.
    pub(crate) async fn stop(mut self) {
        self.shutdown.cancel();
        in_time(&mut self.server).await.expect("it ends without a panic");
    }
}

impl Drop for Replica {
    fn drop(&mut self) {
        self.shutdown.cancel();
    }
}
