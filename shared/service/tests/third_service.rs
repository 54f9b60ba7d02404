//! A third service, whole: what the bootstrap asks of one, and what it gives.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context as TaskContext, Poll};
use std::time::Duration;

use tandem_auth::Scope;
use tandem_clock::Clock;
use tandem_database::MigratorTrait;
use tandem_error::Cause;
use tandem_proto::task::task_service_client::TaskServiceClient;
use tandem_proto::task::task_service_server::SERVICE_NAME;
use tandem_proto::task::{GetTaskRequest, Task};
use tandem_service::{Context, Parts, Service, ServiceSettings as _};
use tandem_test_support::{AUDIENCE, Issuer};
use tokio::net::TcpListener;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tonic::body::Body;
use tonic::server::{Grpc, NamedService};
use tonic::service::Routes;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Request, Response, Status};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;
use tonic_prost::ProstCodec;
use tower::service_fn;

tandem_service::settings! {
    /// The settings of the third service.
    pub struct Settings("third", port 50053) {}
    aliases []
}

struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn tandem_database::MigrationTrait>> {
        Vec::new()
    }
}

/// The service, and whether its background job has ended.
struct Third {
    settings: Settings,
    clock: Clock,
    ended: Arc<AtomicBool>,
}

impl Service for Third {
    const NAME: &'static str = "third";
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
        let stop = context.stop.clone();
        let job = async move {
            stop.cancelled().await;
            self.ended.store(true, Ordering::SeqCst);
        };
        Ok(Parts::new(Routes::new(Echo)).job(job).job(context.purge_job(|_, _| async { Ok(()) })))
    }
}

/// A gRPC service that returns the id of each request.
#[derive(Clone)]
struct Echo;

impl NamedService for Echo {
    const NAME: &'static str = SERVICE_NAME;
}

impl tower::Service<http::Request<Body>> for Echo {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut TaskContext<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let echo = service_fn(|request: Request<GetTaskRequest>| async {
            let id = request.into_inner().id;
            Ok::<_, Status>(Response::new(Task { id, ..Task::default() }))
        });
        Box::pin(async move { Ok(Grpc::new(ProstCodec::default()).unary(echo, request).await) })
    }
}

async fn get(channel: Channel, token: Option<&str>) -> Result<Task, Status> {
    let mut request = Request::new(GetTaskRequest { id: "1".to_owned() });
    if let Some(token) = token {
        let token = format!("Bearer {token}").parse().expect("a header");
        request.metadata_mut().insert("authorization", token);
    }
    TaskServiceClient::new(channel).get_task(request).await.map(Response::into_inner)
}

/// Waits until the service reports SERVING.
async fn wait_until_serving(channel: Channel) {
    let request = HealthCheckRequest { service: SERVICE_NAME.to_owned() };
    let watch = HealthClient::new(channel).watch(request).await.expect("a watch");
    let mut states = watch.into_inner();
    while let Some(state) = states.message().await.expect("no error") {
        if state.status() == ServingStatus::Serving {
            return;
        }
    }
    panic!("the service stopped before it reported SERVING");
}

#[tokio::test]
async fn a_third_service_is_a_few_lines() {
    let (folder, issuer) = (tempfile::tempdir().expect("a folder"), Issuer::new());
    let mut settings = Settings::default();
    assert_eq!(settings.common().server.listen.port(), 50053);
    settings.auth.trust = vec![issuer.trust(AUDIENCE)];
    settings.database = tandem_database::Settings::sqlite(folder.path().join("third.db"));
    let ended = Arc::new(AtomicBool::new(false));
    let third = Third { settings, clock: Clock::system(), ended: Arc::clone(&ended) };
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    let shutdown = CancellationToken::new();
    let served = tokio::spawn(tandem_service::serve(third, listener, shutdown.clone()));
    let channel = Endpoint::from_shared(address).expect("an address").connect_lazy();

    let serving = timeout(Duration::from_secs(10), wait_until_serving(channel.clone()));
    serving.await.expect("the service is ready");
    let refused = get(channel.clone(), None).await.expect_err("no token");
    assert_eq!(refused.code(), Code::Unauthenticated);
    let chat_only = issuer.with_scopes("alice", &[Scope::Chat]);
    let refused = get(channel.clone(), Some(&chat_only)).await.expect_err("another scope");
    assert_eq!(refused.code(), Code::PermissionDenied);
    let task = get(channel, Some(&issuer.token("alice"))).await.expect("a task");
    assert_eq!(task.id, "1");

    shutdown.cancel();
    served.await.expect("no panic").expect("a graceful shutdown");
    assert!(ended.load(Ordering::SeqCst));
}
