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

use super::change_history::{END, Story, check};
use super::line::{Line, in_time};
use super::replica::{Replica, settings};
use super::writer::{check_written, create, write};

/// How many write at once.
const WRITERS: usize = 32;

/// How often the database stops.
const OUTAGES: usize = 3;

type Health = Streaming<HealthCheckResponse>;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_are_unavailable_while_the_database_is_and_nothing_acknowledged_is_lost() {
    let Some(server) = Server::start().map(Arc::new) else { return };
    let issuer = Issuer::new();
    let url = server.database();
    let (busy, idle) = (replica(&url, &issuer).await, replica(&url, &issuer).await);
    let line = Line::new(issuer.token("alice"), busy.channel.clone());
    let other = Line::new(issuer.token("alice"), idle.channel.clone());
    let mut begin = String::new();
    line.watch(&mut begin, |_| true).await;

    let stop = CancellationToken::new();
    let writers = join_all((0..WRITERS).map(|name| write(&line, name, &stop)));
    let work = async {
        let (written, ()) = join!(writers, outages(&server, &line, &busy, &stop));
        create(&line, END).await;
        written.concat()
    };
    let listeners = async { join!(Story::listen(&line, &begin), Story::listen(&other, &begin)) };
    let (written, (heard, heard_elsewhere)) = join!(work, listeners);
    assert_eq!(line.answers().lost + other.answers().lost, 0, "somebody answered each call");
    assert_eq!(heard, heard_elsewhere);
    check(&line, &heard).await;
    check_written(&line, written).await;
}

/// A replica that notices soon.
async fn replica(url: &str, issuer: &Issuer) -> Replica {
    let mut settings = settings(url, issuer);
    settings.database.acquire_timeout = HumanDuration::from_millis(500);
    settings.server.health_check_interval = HumanDuration::from_secs(1);
    Replica::start(settings, Clock::system()).await
}

/// Stops the server and starts it again, each time until health says so and calls show it.
async fn outages(server: &Arc<Server>, line: &Line, replica: &Replica, stop: &CancellationToken) {
    let request = HealthCheckRequest::default();
    let watch = HealthClient::new(replica.channel.clone()).watch(request).await;
    let mut health = watch.expect("no token is needed").into_inner();
    for _ in 0..OUTAGES {
        until(&mut health, ServingStatus::Serving).await;
        let before = line.answers();
        line.until(|answers| answers.done >= before.done + 100).await;
        let down = Arc::clone(server);
        spawn_blocking(move || down.stop()).await.expect("it stops");
        until(&mut health, ServingStatus::NotServing).await;
        line.until(|answers| answers.refused >= before.refused + WRITERS).await;
        let up = Arc::clone(server);
        spawn_blocking(move || up.resume()).await.expect("it starts");
    }
    until(&mut health, ServingStatus::Serving).await;
    let before = line.answers();
    line.until(|answers| answers.done >= before.done + 100).await;
    stop.cancel();
}

/// Waits until health says so.
async fn until(health: &mut Health, status: ServingStatus) {
    loop {
        let told = in_time(health.message()).await.expect("no error").expect("no end");
        if told.status() == status {
            return;
        }
    }
}
