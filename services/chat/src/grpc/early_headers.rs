//! Response headers that are sent before the transaction of a message is committed.
//!
//! Proxies and clients may repeat a call until they have its response headers: Envoy by its retry policy,
//! gRPC clients by their service config. A repeat without a request id would post the message again. So a
//! call that posts one sends its headers as soon as nothing refuses it; everything that fails later is in
//! the trailers, after which no call is repeated.

use std::cell::RefCell;
use std::convert::Infallible;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll};

use futures::future::{BoxFuture, FutureExt as _};
use futures::stream::{self, BoxStream, StreamExt as _};
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Request, Response};
use http_body::Frame;
use http_body_util::{BodyStream, StreamBody};
use tandem_proto::{GrpcServer, Method};
use tandem_server::with_request_id;
use tokio::select;
use tokio::sync::oneshot;
use tokio_util::task::AbortOnDropHandle;
use tonic::Status;
use tonic::body::Body;
use tonic::codegen::{Bytes, Service};
use tonic::server::NamedService;
use tracing::Instrument as _;

/// The unary methods that post a message.
const POSTING_METHODS: [&str; 2] =
    ["/tandem.chat.v1.ChatService/CreateMessage", "/tandem.chat.v1.ChatService/Chat"];

tokio::task_local! {
    /// Notified when the headers of the current call are to be sent.
    static HEADERS: RefCell<Option<oneshot::Sender<()>>>;
}

/// The response headers of a call that posts a message.
#[derive(Debug, Default)]
pub(super) struct Headers {
    /// `None` for methods whose response begins when the message is stored.
    signal: Mutex<Option<oneshot::Sender<()>>>,
    is_due: AtomicBool,
}

impl Headers {
    /// The headers of the current call.
    pub(super) fn of_call() -> Self {
        let signal = HEADERS.try_with(|signal| signal.borrow_mut().take()).ok().flatten();
        Self { signal: Mutex::new(signal), is_due: AtomicBool::new(false) }
    }

    /// Sends the headers: the message is about to be committed. No effect the second time.
    pub(super) fn send(&self) {
        self.is_due.store(true, Ordering::Relaxed);
        // std mutex: nothing awaits while it is held.
        if let Some(signal) = self.signal.lock().unwrap_or_else(PoisonError::into_inner).take() {
            // Fails if the caller is gone.
            let _ = signal.send(());
        }
    }

    /// Whether the message may be stored.
    pub(super) fn were_due(&self) -> bool {
        self.is_due.load(Ordering::Relaxed)
    }
}

/// The chat service, whose handlers can send the headers before the response.
#[derive(Debug, Clone)]
pub(crate) struct EarlyHeaders<S>(pub(crate) S);

impl<S: NamedService> NamedService for EarlyHeaders<S> {
    const NAME: &'static str = S::NAME;
}

impl<S: GrpcServer> GrpcServer for EarlyHeaders<S> {
    const METHODS: &'static [Method] = S::METHODS;

    fn limit_messages(self, request_bytes: usize, response_bytes: usize) -> Self {
        Self(self.0.limit_messages(request_bytes, response_bytes))
    }
}

impl<S> Service<Request<Body>> for EarlyHeaders<S>
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible>,
    S::Future: Send + 'static,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let posts = POSTING_METHODS.contains(&request.uri().path());
        let call = self.0.call(request);
        if posts { respond(call).map(Ok).boxed() } else { call.boxed() }
    }
}

/// The call's response, or its headers as soon as the handler sends them.
async fn respond(
    call: impl Future<Output = Result<Response<Body>, Infallible>> + Send + 'static,
) -> Response<Body> {
    let (signal, headers) = oneshot::channel();
    let call = HEADERS.scope(RefCell::new(Some(signal)), call);
    // In a task of its own, so that it goes on while the caller does not read.
    let call = tokio::spawn(with_request_id(call).in_current_span());
    let mut call = AbortOnDropHandle::new(call);
    select! {
        biased;
        response = &mut call => match response {
            Ok(Ok(response)) => response,
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        },
        Ok(()) = headers => early_response(call),
    }
}

/// The headers, and then the rest of the call's response.
fn early_response(call: AbortOnDropHandle<Result<Response<Body>, Infallible>>) -> Response<Body> {
    let rest = stream::once(async move {
        match call.await {
            Ok(Ok(response)) => frames(response),
            Err(error) => frames(Status::from(tandem_error::Error::internal(error)).into_http()),
        }
    });
    let mut response = Response::new(Body::new(StreamBody::new(rest.flatten())));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
    response
}

/// The frames after the headers. The headers of an error, which has no body, become its trailers.
fn frames(response: Response<Body>) -> BoxStream<'static, Result<Frame<Bytes>, Status>> {
    let (mut parts, body) = response.into_parts();
    if parts.headers.contains_key(Status::GRPC_STATUS) {
        parts.headers.remove(CONTENT_TYPE);
        return stream::iter([Ok(Frame::trailers(parts.headers))]).boxed();
    }
    BodyStream::new(body).boxed()
}
