//! Whether the service can do its work, told by `grpc.health.v1`.

use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use tokio_util::sync::CancellationToken;
use tonic_health::ServingStatus;
use tonic_health::server::HealthReporter;

/// Asks whether the service can do its work now; the error says what is missing, for the log.
#[derive(Clone)]
pub struct Readiness(Arc<dyn Fn() -> BoxFuture<'static, Result<(), String>> + Send + Sync>);

impl Readiness {
    /// Asks `probe`, which is called every few seconds and may take as long.
    pub fn new<P, F>(probe: P) -> Self
    where
        P: Fn() -> F + Send + Sync + 'static,
        F: Future<Output = Result<(), String>> + Send + 'static,
    {
        Self(Arc::new(move || probe().boxed()))
    }

    /// The service is always ready.
    #[must_use]
    pub fn always() -> Self {
        Self::new(|| async { Ok(()) })
    }

    async fn ask(&self, limit: Duration) -> Result<(), String> {
        let answer = tokio::time::timeout(limit, (self.0)()).await;
        answer.unwrap_or_else(|_| Err("the check of readiness takes too long".to_owned()))
    }
}

/// The health of the server as a whole and of each of its services, which is the same.
pub(crate) struct Health {
    reporter: HealthReporter,
    services: Vec<&'static str>,
}

impl Health {
    /// Reports `services` as not serving.
    pub(crate) async fn new(reporter: HealthReporter, services: &[&'static str]) -> Self {
        // The empty name is the server as a whole.
        let services = services.iter().copied().chain([""]).collect();
        let health = Self { reporter, services };
        health.report(ServingStatus::NotServing).await;
        health
    }

    /// Reports what `readiness` says, asked at once and then once in each `interval`, until `shutdown`,
    /// and from then on that nothing is served.
    pub(crate) async fn follow(
        &self,
        readiness: &Readiness,
        interval: Duration,
        shutdown: &CancellationToken,
    ) {
        shutdown.run_until_cancelled(self.ask_forever(readiness, interval)).await;
        self.report(ServingStatus::NotServing).await;
    }

    async fn ask_forever(&self, readiness: &Readiness, interval: Duration) {
        let mut before = Err(String::new());
        loop {
            let now = readiness.ask(interval).await;
            if now != before {
                match &now {
                    Ok(()) => tracing::info!("serving"),
                    Err(why) => tracing::warn!(why, "not serving"),
                }
            }
            // Told only when it changes: a watcher hears of every report.
            if now.is_ok() != before.is_ok() {
                self.report(if now.is_ok() {
                    ServingStatus::Serving
                } else {
                    ServingStatus::NotServing
                })
                .await;
            }
            before = now;
            tokio::time::sleep(interval).await;
        }
    }

    async fn report(&self, status: ServingStatus) {
        for service in &self.services {
            self.reporter.set_service_status(service, status).await;
        }
    }
}
