//! A task service whose answers a test determines.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures::future::{BoxFuture, FutureExt as _};
use tandem_test_support::fault_proxy::{FaultProxy, State};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::time::timeout;
use tonic::body::Body;
use tonic::codegen::{Service, http};
use tonic::server::NamedService;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt as _};

use crate::support::app::Start;
use crate::support::test_conversation::TestConversation;

/// Limit of everything that a test waits for.
pub(crate) const LIMIT: Duration = Duration::from_secs(30);

/// The answer to a call.
type Answer = BoxFuture<'static, Status>;

/// A task service that answers each call with a status.
#[derive(Clone)]
pub(crate) struct StubTasks {
    calls: watch::Sender<usize>,
    answer: Arc<dyn Fn(usize) -> Answer + Send + Sync>,
}

impl StubTasks {
    /// Answers the calls 1, 2, 3… with the result of `answer`.
    pub(crate) fn new(answer: impl Fn(usize) -> Answer + Send + Sync + 'static) -> Self {
        Self { calls: watch::Sender::new(0), answer: Arc::new(answer) }
    }

    /// Refuses every call as overloaded.
    pub(crate) fn overloaded() -> Self {
        Self::new(|_| futures::future::ready(overloaded()).boxed())
    }

    /// A conversation whose tools call this service instead of the real one.
    pub(crate) async fn conversation(&self, start: Start) -> TestConversation {
        let proxy = FaultProxy::new(State::Open).await;
        let conversation =
            TestConversation::start(Start { proxy: Some(proxy.clone()), ..start }).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        proxy.forward_to(listener.local_addr().expect("a bound port"));
        let server = Server::builder().add_service(self.clone());
        tokio::spawn(server.serve_with_incoming(TcpIncoming::from(listener)));
        conversation
    }

    /// The number of calls until now.
    pub(crate) fn calls(&self) -> usize {
        *self.calls.borrow()
    }

    /// Waits until there were `count` calls.
    pub(crate) async fn wait_for(&self, count: usize) {
        let mut calls = self.calls.subscribe();
        let reached = timeout(LIMIT, calls.wait_for(|calls| *calls >= count)).await;
        reached.expect("in time").expect("the service exists");
    }
}

/// A refusal before the call had an effect.
pub(crate) fn overloaded() -> Status {
    let details = ErrorDetails::with_error_info("OVERLOADED", "tandem", HashMap::new());
    Status::with_error_details(Code::Unavailable, "overloaded", details)
}

impl NamedService for StubTasks {
    const NAME: &'static str = "tandem.task.v1.TaskService";
}

impl Service<http::Request<Body>> for StubTasks {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: http::Request<Body>) -> Self::Future {
        self.calls.send_modify(|calls| *calls += 1);
        let answer = (self.answer)(self.calls());
        async move { Ok(answer.await.into_http()) }.boxed()
    }
}
