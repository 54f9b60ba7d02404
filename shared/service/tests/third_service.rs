//! A third service, whole: what the bootstrap asks of one, and what it gives.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context as TaskContext, Poll};
use std::time::Duration;

use tandem_auth::Scope;
use tandem_clock::Clock;
use tandem_config::HumanDuration;
use tandem_database::MigratorTrait;
use tandem_error::Cause;
use tandem_proto::task::task_service_server::SERVICE_NAME;
use tandem_proto::task::{GetTaskRequest, METHODS, Task};
use tandem_proto::{GrpcServer, Method};
use tandem_service::{Context, Parts, Service, ServiceSettings as _};
use tandem_test_support::{AUDIENCE, Issuer};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tonic::body::Body;
use tonic::server::{Grpc, NamedService};
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

/// The service, whether its background job has ended, and what its calls wait for.
struct Third {
    settings: Settings,
    clock: Clock,
    ended: Arc<AtomicBool>,
    released: CancellationToken,
}

impl Service for Third {
    const NAME: &'static str = "third";
    const SCOPE: Scope = Scope::Tasks;
    type Settings = Settings;
    type Migrator = Migrator;

    fn settings_and_clock(&self) -> (&Settings, &Clock) {
        (&self.settings, &self.clock)
    }

    async fn build(self, context: Context) -> Result<Parts, Cause> {
        let stop = context.stop.clone();
        let job = async move {
            stop.cancelled().await;
            self.ended.store(true, Ordering::SeqCst);
        };
        let purge = context.purge_job(|_, _| async { Ok(()) });
        let echo = Echo { max_request_bytes: usize::MAX, released: self.released };
        Ok(Parts::new(&context, echo).job(job).job(purge))
    }
}

/// A gRPC service that returns the id of each request, once it is released.
#[derive(Clone)]
struct Echo {
    max_request_bytes: usize,
    released: CancellationToken,
}

impl NamedService for Echo {
    const NAME: &'static str = SERVICE_NAME;
}

impl GrpcServer for Echo {
    const METHODS: &'static [Method] = METHODS;

    fn limit_messages(self, max_request_bytes: usize, _: usize) -> Self {
        Self { max_request_bytes, ..self }
    }
}

impl tower::Service<http::Request<Body>> for Echo {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut TaskContext<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let (released, max_request_bytes) = (self.released.clone(), self.max_request_bytes);
        let echo = service_fn(move |request: Request<GetTaskRequest>| {
            let released = released.clone();
            async move {
                released.cancelled().await;
                let id = request.into_inner().id;
                Ok::<_, Status>(Response::new(Task { id, ..Task::default() }))
            }
        });
        Box::pin(async move {
            let grpc = Grpc::new(ProstCodec::default());
            Ok(grpc.max_decoding_message_size(max_request_bytes).unary(echo, request).await)
        })
    }
}

/// A call of `method` that returns the task `id`.
async fn call(
    channel: Channel,
    method: &'static str,
    id: &str,
    token: Option<&str>,
) -> Result<Task, Status> {
    let mut request = Request::new(GetTaskRequest { id: id.to_owned() });
    if let Some(token) = token {
        let token = format!("Bearer {token}").parse().expect("a header");
        request.metadata_mut().insert("authorization", token);
    }
    let mut grpc = tonic::client::Grpc::new(channel);
    grpc.ready().await.expect("a connection");
    let path = format!("/{SERVICE_NAME}/{method}").parse().expect("a path");
    grpc.unary(request, path, ProstCodec::default()).await.map(Response::into_inner)
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

/// A running third service.
struct Running {
    channel: Channel,
    issuer: Issuer,
    ended: Arc<AtomicBool>,
    released: CancellationToken,
    shutdown: CancellationToken,
    served: JoinHandle<Result<(), Cause>>,
    _folder: TempDir,
}

/// A third service with these server settings, ready for calls.
async fn start(server: tandem_server::Settings) -> Running {
    let (folder, issuer) = (tempfile::tempdir().expect("a folder"), Issuer::new());
    let mut settings = Settings { server, ..Settings::default() };
    settings.auth.trust = vec![issuer.trust(AUDIENCE)];
    settings.database = tandem_database::Settings::sqlite(folder.path().join("third.db"));
    let (ended, released) = (Arc::new(AtomicBool::new(false)), CancellationToken::new());
    let third = Third {
        settings,
        clock: Clock::system(),
        ended: Arc::clone(&ended),
        released: released.clone(),
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    let shutdown = CancellationToken::new();
    let served = tokio::spawn(tandem_service::serve(third, listener, shutdown.clone()));
    let channel = Endpoint::from_shared(address).expect("an address").connect_lazy();
    let serving = timeout(Duration::from_secs(10), wait_until_serving(channel.clone()));
    serving.await.expect("the service is ready");
    Running { channel, issuer, ended, released, shutdown, served, _folder: folder }
}

#[tokio::test]
async fn a_third_service_is_a_few_lines() {
    assert_eq!(Settings::default().common().server.listen.port(), 50053);
    let third = start(tandem_server::Settings::default()).await;
    third.released.cancel();

    let get = |token: Option<String>| {
        let channel = third.channel.clone();
        async move { call(channel, "GetTask", "1", token.as_deref()).await }
    };
    let refused = get(None).await.expect_err("no token");
    assert_eq!(refused.code(), Code::Unauthenticated);
    let chat_only = third.issuer.with_scopes("alice", &[Scope::Chat]);
    let refused = get(Some(chat_only)).await.expect_err("another scope");
    assert_eq!(refused.code(), Code::PermissionDenied);
    let task = get(Some(third.issuer.token("alice"))).await.expect("a task");
    assert_eq!(task.id, "1");

    third.shutdown.cancel();
    third.served.await.expect("no panic").expect("a graceful shutdown");
    assert!(third.ended.load(Ordering::SeqCst));
}

#[tokio::test]
async fn message_sizes_are_not_forgotten() {
    let server = tandem_server::Settings { max_request_bytes: 100, ..Default::default() };
    let third = start(server).await;
    third.released.cancel();
    let token = third.issuer.token("alice");
    let refused = call(third.channel.clone(), "GetTask", &"1".repeat(100), Some(&token)).await;
    assert_eq!(refused.expect_err("too large").code(), Code::ResourceExhausted);
}

#[tokio::test]
async fn stream_deadlines_are_not_forgotten() {
    let deadline = HumanDuration::from_millis(100);
    let third = start(tandem_server::Settings { deadline, ..Default::default() }).await;
    let token = third.issuer.token("alice");
    let watch = call(third.channel.clone(), "WatchTasks", "1", Some(&token));
    let get = async {
        let refused = call(third.channel.clone(), "GetTask", "1", Some(&token)).await;
        assert_eq!(refused.expect_err("too late").code(), Code::DeadlineExceeded);
        third.released.cancel();
    };
    let (task, ()) = tokio::join!(watch, get);
    assert_eq!(task.expect("longer than the deadline of other calls").id, "1");
}
