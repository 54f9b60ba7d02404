//! A gRPC proxy that repeats calls as a service mesh does by default.
//!
//! Istio's policy for Envoy: up to two repeats, 25 ms apart, of calls that end with UNAVAILABLE or CANCELLED
//! in their response headers, or whose connection fails or is reset before response headers arrive. After
//! the headers a call is never repeated, whatever its trailers say.

use std::convert::Infallible;
use std::future::poll_fn;
use std::net::SocketAddr;
use std::task::{Context, Poll};
use std::time::Duration;

use futures::future::{BoxFuture, FutureExt as _};
use http::request::Parts;
use http::{HeaderValue, Request, Response};
use http_body_util::{BodyExt as _, Full};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::time::sleep;
use tonic::body::Body;
use tonic::codegen::Service;
use tonic::server::NamedService;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Channel, Endpoint, Server};
use tonic::{Code, Status};

const MAX_REPEATS: u32 = 2;
const BACKOFF: Duration = Duration::from_millis(25);

/// A proxy in front of the chat service. Clones share its counts.
#[derive(Debug, Clone)]
pub struct MeshProxy {
    address: SocketAddr,
    upstream: Channel,
    attempts: watch::Sender<u32>,
    answered: watch::Sender<u32>,
}

impl MeshProxy {
    /// Starts a proxy of the service at `url`, which need not run yet.
    ///
    /// # Panics
    /// If no port is free or `url` is none.
    pub async fn start(url: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let proxy = Self {
            address: listener.local_addr().expect("a bound port"),
            upstream: Endpoint::from_shared(url.to_owned()).expect("a URL").connect_lazy(),
            attempts: watch::Sender::new(0),
            answered: watch::Sender::new(0),
        };
        let server = Server::builder().add_service(proxy.clone());
        tokio::spawn(server.serve_with_incoming(TcpIncoming::from(listener)));
        proxy
    }

    /// The URL of the proxy.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How often a call was sent to the service.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        *self.attempts.borrow()
    }

    /// How many response headers were passed on.
    #[must_use]
    pub fn answered(&self) -> watch::Receiver<u32> {
        self.answered.subscribe()
    }

    async fn forward(self, request: Request<Body>) -> Response<Body> {
        let (parts, body) = request.into_parts();
        let Ok(body) = body.collect().await else {
            return Status::cancelled("the caller is gone").into_http();
        };
        let body = body.to_bytes();
        let mut repeats = 0;
        loop {
            let copy = copy_request(&parts, Full::new(body.clone()), repeats + 1);
            let response = self.send(copy).await;
            let is_repeated = response.as_ref().map_or(true, is_retriable);
            if repeats == MAX_REPEATS || !is_repeated {
                self.answered.send_modify(|answered| *answered += 1);
                let failed = || Status::unavailable("upstream connect error or reset").into_http();
                return response.unwrap_or_else(|_| failed());
            }
            repeats += 1;
            sleep(BACKOFF).await;
        }
    }

    async fn send(
        &self,
        request: Request<Body>,
    ) -> Result<Response<Body>, tonic::transport::Error> {
        self.attempts.send_modify(|attempts| *attempts += 1);
        let mut upstream = self.upstream.clone();
        poll_fn(|cx| upstream.poll_ready(cx)).await?;
        upstream.call(request).await
    }
}

/// The call as Envoy sends it: with the number of the attempt.
fn copy_request(parts: &Parts, body: Full<bytes::Bytes>, attempt: u32) -> Request<Body> {
    let mut request = Request::new(Body::new(body));
    *request.method_mut() = parts.method.clone();
    *request.uri_mut() = parts.uri.clone();
    *request.version_mut() = parts.version;
    *request.headers_mut() = parts.headers.clone();
    request.headers_mut().insert("x-envoy-attempt-count", HeaderValue::from(attempt));
    request
}

/// Whether the headers alone say that the call failed, with a code of the default policy.
fn is_retriable(response: &Response<Body>) -> bool {
    let status = response.headers().get("grpc-status");
    let code = status.map(|status| Code::from_bytes(status.as_bytes()));
    matches!(code, Some(Code::Unavailable | Code::Cancelled))
}

impl NamedService for MeshProxy {
    const NAME: &'static str = "tandem.chat.v1.ChatService";
}

impl Service<Request<Body>> for MeshProxy {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        self.clone().forward(request).map(Ok).boxed()
    }
}
