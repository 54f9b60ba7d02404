//! A model provider over HTTP, whose responses and faults a test determines.
//!
//! One server supports all protocols, by the path of the request. A response without delays takes some ten
//! microseconds, which is fast enough for load tests.
//!
//! A request that the real provider refuses is refused ([`strict`]), and the test that sent it fails.

mod anthropic;
mod body;
mod encoder;
mod gemini;
mod openai;
mod pieces;
mod reply;
mod request;
mod strict;

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use axum::serve::ListenerExt as _;
use tokio::net::TcpListener;
use tokio::task::AbortHandle;

pub use pieces::Piece;
pub use reply::{Answer, Reply};
pub use request::{ModelRequest, Protocol};
use strict::Issued;

/// The largest prompt that is read, in bytes.
const LARGEST: usize = 16 * 1024 * 1024;

/// A model provider; it stops when this is dropped. Panics then if it has refused a request for its form.
pub struct ModelServer {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<ModelRequest>>>,
    refusals: Arc<Mutex<Vec<String>>>,
    connections: Arc<AtomicUsize>,
    server: AbortHandle,
}

type Answers = Box<dyn Fn(&ModelRequest) -> Reply + Send + Sync>;

struct Inner {
    answers: Answers,
    /// `None` for load tests: requests are neither recorded nor checked.
    requests: Option<Arc<Mutex<Vec<ModelRequest>>>>,
    refusals: Arc<Mutex<Vec<String>>>,
    issued: Arc<Mutex<Issued>>,
}

impl ModelServer {
    /// A provider that responds to every request with the result of `answers`.
    pub async fn start(answers: impl Fn(&ModelRequest) -> Reply + Send + Sync + 'static) -> Self {
        let requests = Arc::<Mutex<Vec<ModelRequest>>>::default();
        Self::serve(Box::new(answers), Some(requests)).await
    }

    /// A provider that responds with these replies in order, and then with status 418.
    pub async fn play(replies: impl IntoIterator<Item = Reply>) -> Self {
        let replies = Mutex::new(replies.into_iter().collect::<VecDeque<_>>());
        Self::start(move |_| {
            let mut replies = replies.lock().unwrap_or_else(PoisonError::into_inner);
            replies.pop_front().unwrap_or_else(|| Reply::status(418, "no reply is left"))
        })
        .await
    }

    /// A provider that does not record requests, for load tests.
    pub async fn without_recording(
        answers: impl Fn(&ModelRequest) -> Reply + Send + Sync + 'static,
    ) -> Self {
        Self::serve(Box::new(answers), None).await
    }

    async fn serve(answers: Answers, requests: Option<Arc<Mutex<Vec<ModelRequest>>>>) -> Self {
        let refusals = Arc::<Mutex<Vec<String>>>::default();
        let inner = Inner {
            answers,
            requests: requests.clone(),
            refusals: Arc::clone(&refusals),
            issued: Arc::default(),
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound port");
        let connections = Arc::<AtomicUsize>::default();
        let counter = Arc::clone(&connections);
        let listener = listener.tap_io(move |_| {
            counter.fetch_add(1, Ordering::Relaxed);
        });
        let router = Router::new().fallback(answer).with_state(Arc::new(inner));
        let server = tokio::spawn(async move {
            axum::serve(listener, router).await.expect("the model server runs");
        });
        let (requests, server) = (requests.unwrap_or_default(), server.abort_handle());
        Self { address, requests, refusals, connections, server }
    }

    /// The URL without a path: the base URL for Gemini and Anthropic.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The base URL for the OpenAI protocol.
    #[must_use]
    pub fn openai_url(&self) -> String {
        format!("{}/v1", self.url())
    }

    /// The number of connections until now.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }

    /// The requests until now.
    #[must_use]
    pub fn requests(&self) -> Vec<ModelRequest> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Why requests were refused that the real provider would refuse too.
    #[must_use]
    pub fn refusals(&self) -> Vec<String> {
        self.refusals.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for ModelServer {
    fn drop(&mut self) {
        self.server.abort();
        let refusals = self.refusals();
        assert!(refusals.is_empty() || std::thread::panicking(), "refused requests: {refusals:#?}");
    }
}

async fn answer(State(inner): State<Arc<Inner>>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, LARGEST).await.unwrap_or_default();
    let request = ModelRequest {
        path: parts.uri.path().to_owned(),
        headers: parts.headers,
        body: serde_json::from_slice(&body).unwrap_or_default(),
    };
    let protocol = request.protocol();
    if let Some(requests) = &inner.requests {
        requests.lock().unwrap_or_else(PoisonError::into_inner).push(request.clone());
        let checked = {
            let issued = inner.issued.lock().unwrap_or_else(PoisonError::into_inner);
            strict::check_request(protocol, &request.body, &issued)
        };
        if let Err(refusal) = checked {
            let reply = Reply::status(400, &refusal);
            let refusal = format!("{protocol:?}: {refusal} in {}", request.body);
            inner.refusals.lock().unwrap_or_else(PoisonError::into_inner).push(refusal);
            return reply.into_response(protocol, &inner.issued);
        }
    }
    (inner.answers)(&request).into_response(protocol, &inner.issued)
}
