//! Health follows readiness.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tandem_config::HumanDuration;
use tandem_server::{Readiness, Settings};
use tonic::{Code, Streaming};
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::{HealthCheckRequest, HealthCheckResponse};

use crate::server::Server;

const TASKS: &str = "tandem.task.v1.TaskService";

fn request(service: &str) -> HealthCheckRequest {
    HealthCheckRequest { service: service.to_owned() }
}

async fn watch(server: &Server, service: &str) -> Streaming<HealthCheckResponse> {
    server.health().watch(request(service)).await.expect("a watch").into_inner()
}

/// The next status of a watch, or none at its end.
async fn next(watch: &mut Streaming<HealthCheckResponse>) -> Option<ServingStatus> {
    watch.message().await.ok().flatten().map(|response| response.status())
}

#[tokio::test]
async fn health_follows_readiness() {
    let ready = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&ready);
    let readiness = Readiness::new(move || {
        let ready = flag.load(Ordering::SeqCst);
        async move { if ready { Ok(()) } else { Err("the database is away".to_owned()) } }
    });
    let settings =
        Settings { health_check_interval: HumanDuration::from_secs(1), ..Settings::default() };
    let server = Server::start_with(settings, readiness).await;
    let (mut all, mut tasks) = (watch(&server, "").await, watch(&server, TASKS).await);
    for (now, expected) in [
        (false, ServingStatus::NotServing),
        (true, ServingStatus::Serving),
        (false, ServingStatus::NotServing),
    ] {
        ready.store(now, Ordering::SeqCst);
        assert_eq!(next(&mut all).await, Some(expected));
        assert_eq!(next(&mut tasks).await, Some(expected));
    }
    let other = server.health().check(request("tandem.chat.v1.ChatService")).await;
    assert_eq!(other.expect_err("not served here").code(), Code::NotFound);
}

#[tokio::test]
async fn hanging_probe_is_not_ready() {
    let server =
        Server::start_with(Settings::default(), Readiness::new(std::future::pending)).await;
    assert_eq!(next(&mut watch(&server, "").await).await, Some(ServingStatus::NotServing));
    server.shutdown.cancel();
    server.end().await;
}

#[tokio::test]
async fn watchers_are_notified_of_shutdown() {
    let server = Server::start().await;
    let mut watch = watch(&server, TASKS).await;
    while next(&mut watch).await != Some(ServingStatus::Serving) {}
    let call = server.begin("wait").await;
    server.shutdown.cancel();
    assert_eq!(next(&mut watch).await, Some(ServingStatus::NotServing));
    assert_eq!(next(&mut watch).await, None);
    server.stub.release.add_permits(1);
    call.await.expect("no panic").expect("the running call is answered");
    server.end().await;
}
