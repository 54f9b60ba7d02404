//! Health reports (`grpc.health.v1`).

use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use tokio_util::sync::CancellationToken;
use tonic_health::ServingStatus;
use tonic_health::server::HealthReporter;

/// The check whether the service can do its work now. The error is logged.
#[derive(Clone)]
pub struct Readiness(Arc<dyn Fn() -> BoxFuture<'static, Result<(), String>> + Send + Sync>);

impl Readiness {
    /// A check that calls `probe` in each interval.
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

    async fn check(&self, limit: Duration) -> Result<(), String> {
        let result = tokio::time::timeout(limit, (self.0)()).await;
        result.unwrap_or_else(|_| Err("the readiness check timed out".to_owned()))
    }
}

/// The health of the server and of each of its services, which is the same.
pub(crate) struct Health {
    reporter: HealthReporter,
    services: Vec<&'static str>,
}

impl Health {
    /// Reports `services` as not serving.
    pub(crate) async fn new(reporter: HealthReporter, services: &[&'static str]) -> Self {
        // The empty name is the server.
        let services = services.iter().copied().chain([""]).collect();
        let health = Self { reporter, services };
        health.report(ServingStatus::NotServing).await;
        health
    }

    /// Reports the result of `readiness`, checked at the start and once in each `interval`, until
    /// `shutdown`; then reports NOT_SERVING.
    pub(crate) async fn report_until(
        &self,
        readiness: &Readiness,
        interval: Duration,
        shutdown: &CancellationToken,
    ) {
        shutdown.run_until_cancelled(self.check_periodically(readiness, interval)).await;
        self.report(ServingStatus::NotServing).await;
    }

    async fn check_periodically(&self, readiness: &Readiness, interval: Duration) {
        let mut before = Err(String::new());
        loop {
            let now = readiness.check(interval).await;
            if now != before {
                match &now {
                    Ok(()) => tracing::info!("serving"),
                    Err(why) => tracing::warn!(why, "not serving"),
                }
            }
            // Only when it changes: watchers receive every report.
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
