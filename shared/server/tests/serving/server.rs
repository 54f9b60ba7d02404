//! A running server and its clients.

use std::net::SocketAddr;
use std::time::Duration;

use tandem_error::Cause;
use tandem_proto::task::task_service_client::TaskServiceClient;
use tandem_proto::task::{GetTaskRequest, Task};
use tandem_server::{MethodTimeouts, Readiness, Settings, Stack, bind, serve};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tonic::server::NamedService as _;
use tonic::service::Routes;
use tonic::transport::{Channel, Endpoint};
use tonic::{Response, Status};
use tonic_health::pb::health_client::HealthClient;
use tower::layer::util::Identity;

use crate::stub::Stub;

/// The stub's stream, which has no deadline.
const WATCH: &str = "/tandem.task.v1.TaskService/WatchTasks";

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) stub: Stub,
    pub(crate) shutdown: CancellationToken,
    pub(crate) ended: JoinHandle<Result<(), Cause>>,
}

impl Server {
    pub(crate) async fn start() -> Self {
        Self::start_with(Settings::default(), Readiness::always()).await
    }

    pub(crate) async fn start_with(settings: Settings, readiness: Readiness) -> Self {
        let listener = bind(([127, 0, 0, 1], 0).into()).await.expect("a free port");
        let address = listener.local_addr().expect("a bound address");
        let (stub, shutdown) = (Stub::new(), CancellationToken::new());
        let stack = Stack {
            routes: Routes::new(stub.clone()),
            services: vec![Stub::NAME],
            auth: Identity::new(),
            method_timeouts: MethodTimeouts::new([(WATCH, None)]),
            readiness,
        };
        let token = shutdown.clone();
        let ended = tokio::spawn(async move { serve(&settings, listener, stack, token).await });
        Self { address, stub, shutdown, ended }
    }

    /// A new connection, made at the first call.
    pub(crate) fn channel(&self) -> Channel {
        let endpoint = Endpoint::from_shared(format!("http://{}", self.address));
        endpoint.expect("a good address").connect_lazy()
    }

    pub(crate) fn tasks(&self) -> TaskServiceClient<Channel> {
        TaskServiceClient::new(self.channel())
    }

    pub(crate) fn health(&self) -> HealthClient<Channel> {
        HealthClient::new(self.channel())
    }

    pub(crate) async fn get(&self, id: &str) -> Result<Response<Task>, Status> {
        get(&mut self.tasks(), id).await
    }

    /// Starts a concurrent call, and waits until the service has received it.
    pub(crate) async fn begin(
        &self,
        id: &'static str,
    ) -> JoinHandle<Result<Response<Task>, Status>> {
        let mut tasks = self.tasks();
        let call = tokio::spawn(async move { get(&mut tasks, id).await });
        self.stub.entered().await;
        call
    }

    /// Waits for the end of the server, which must come soon.
    pub(crate) async fn end(self) {
        soon(self.ended).await.expect("without a panic").expect("without an error");
    }
}

/// The result of a future that must complete soon.
pub(crate) async fn soon<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(Duration::from_secs(10), future).await.expect("it ends soon")
}

pub(crate) async fn get(
    tasks: &mut TaskServiceClient<Channel>,
    id: &str,
) -> Result<Response<Task>, Status> {
    tasks.get_task(GetTaskRequest { id: id.to_owned() }).await
}
