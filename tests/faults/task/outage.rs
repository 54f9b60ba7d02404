//! A database that stops and starts under load.

use std::sync::Arc;

use futures::future::join_all;
use tandem_clock::Clock;
use tandem_config::HumanDuration;
use tandem_test_support::Issuer;
use tandem_test_support::postgres::Server;
use tokio::join;
use tokio::task::spawn_blocking;
use tokio_util::sync::CancellationToken;
use tonic::Streaming;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;
use tonic_health::pb::{HealthCheckRequest, HealthCheckResponse};

use super::change_history::{ChangeHistory, END, check_history};
use super::replica::{Replica, settings};
use super::retrying_client::{RetryingClient, in_time};
use super::writer::{check_written, create, write};

/// Number of concurrent writers.
const WRITERS: usize = 32;

/// Number of outages.
const OUTAGES: usize = 3;

type Health = Streaming<HealthCheckResponse>;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn outage_loses_no_acknowledged_write() {
    let Some(server) = Server::start().map(Arc::new) else { return };
    let issuer = Issuer::new();
    let url = server.database();
    let (busy, idle) = (replica(&url, &issuer).await, replica(&url, &issuer).await);
    let client = RetryingClient::new(issuer.token("alice"), busy.channel.clone());
    let other = RetryingClient::new(issuer.token("alice"), idle.channel.clone());
    let mut begin = String::new();
    client.watch(&mut begin, |_| true).await;

    let stop = CancellationToken::new();
    let writers = join_all((0..WRITERS).map(|name| write(&client, name, &stop)));
    let work = async {
        let (written, ()) = join!(writers, outages(&server, &client, &busy, &stop));
        create(&client, END).await;
        written.concat()
    };
    let listeners = async {
        join!(ChangeHistory::record(&client, &begin), ChangeHistory::record(&other, &begin))
    };
    let (written, (received, received_elsewhere)) = join!(work, listeners);
    assert_eq!(client.outcomes().lost + other.outcomes().lost, 0, "every call has a response");
    assert_eq!(received, received_elsewhere);
    check_history(&client, &received).await;
    check_written(&client, written).await;
}

/// A replica that detects an outage quickly.
async fn replica(url: &str, issuer: &Issuer) -> Replica {
    let mut settings = settings(url, issuer);
    settings.database.acquire_timeout = HumanDuration::from_millis(500);
    settings.server.health_check_interval = HumanDuration::from_secs(1);
    Replica::start(settings, Clock::system()).await
}

/// Stops and starts the server, each time until health and calls show it.
async fn outages(
    server: &Arc<Server>,
    client: &RetryingClient,
    replica: &Replica,
    stop: &CancellationToken,
) {
    let request = HealthCheckRequest::default();
    let watch = HealthClient::new(replica.channel.clone()).watch(request).await;
    let mut health = watch.expect("no token is needed").into_inner();
    for _ in 0..OUTAGES {
        until(&mut health, ServingStatus::Serving).await;
        let before = client.outcomes();
        client.wait_until(|outcomes| outcomes.done >= before.done + 100).await;
        let down = Arc::clone(server);
        spawn_blocking(move || down.stop()).await.expect("it stops");
        until(&mut health, ServingStatus::NotServing).await;
        client.wait_until(|outcomes| outcomes.refused >= before.refused + WRITERS).await;
        let up = Arc::clone(server);
        spawn_blocking(move || up.resume()).await.expect("it starts");
    }
    until(&mut health, ServingStatus::Serving).await;
    let before = client.outcomes();
    client.wait_until(|outcomes| outcomes.done >= before.done + 100).await;
    stop.cancel();
}

/// Waits until health reports `status`.
async fn until(health: &mut Health, status: ServingStatus) {
    loop {
        let reported = in_time(health.message()).await.expect("no error").expect("no end");
        if reported.status() == status {
            return;
        }
    }
}
