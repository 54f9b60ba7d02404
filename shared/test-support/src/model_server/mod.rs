//! A provider of models over real HTTP, whose answers, and whose faults, a test writes.
//!
//! One server speaks all protocols: the path of a call says which. Without delays an answer costs some
//! ten microseconds, so that it can stand behind a load test, too.

mod ask;
mod body;
mod gemini;
mod messages;
mod openai;
mod reply;

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

pub use ask::{Ask, Protocol};
pub use reply::{Answer, Reply};

/// The largest prompt that is read, in bytes.
const LARGEST: usize = 16 * 1024 * 1024;

/// A provider of models. It ends when this is dropped.
pub struct ModelServer {
    address: SocketAddr,
    asks: Arc<Mutex<Vec<Ask>>>,
    connections: Arc<AtomicUsize>,
    server: AbortHandle,
}

type Answers = Box<dyn Fn(&Ask) -> Reply + Send + Sync>;

struct Inner {
    answers: Answers,
    asks: Option<Arc<Mutex<Vec<Ask>>>>,
}

impl ModelServer {
    /// A provider that answers every call with what `answers` makes of it.
    pub async fn start(answers: impl Fn(&Ask) -> Reply + Send + Sync + 'static) -> Self {
        let asks = Arc::<Mutex<Vec<Ask>>>::default();
        let inner = Inner { answers: Box::new(answers), asks: Some(Arc::clone(&asks)) };
        Self::serve(inner, asks).await
    }

    /// A provider that gives each of these answers to one call, in their order, and refuses all others
    /// with 418.
    pub async fn play(replies: impl IntoIterator<Item = Reply>) -> Self {
        let replies = Mutex::new(replies.into_iter().collect::<VecDeque<_>>());
        Self::start(move |_| {
            let mut replies = replies.lock().unwrap_or_else(PoisonError::into_inner);
            replies.pop_front().unwrap_or_else(|| Reply::status(418, "nothing is left to say"))
        })
        .await
    }

    /// A provider that keeps nothing of what it is asked: for many calls.
    pub async fn forgetful(answers: impl Fn(&Ask) -> Reply + Send + Sync + 'static) -> Self {
        let inner = Inner { answers: Box::new(answers), asks: None };
        Self::serve(inner, Arc::default()).await
    }

    async fn serve(inner: Inner, asks: Arc<Mutex<Vec<Ask>>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound port");
        let connections = Arc::<AtomicUsize>::default();
        let counter = Arc::clone(&connections);
        let listener = listener.tap_io(move |_| {
            counter.fetch_add(1, Ordering::Relaxed);
        });
        let router = Router::new().fallback(answer).with_state(Arc::new(inner));
        let server = tokio::spawn(async move {
            axum::serve(listener, router).await.expect("the server of models serves");
        });
        Self { address, asks, connections, server: server.abort_handle() }
    }

    /// Where it is, without a path: the base URL for Gemini and Anthropic.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The base URL for the OpenAI protocol.
    #[must_use]
    pub fn openai_url(&self) -> String {
        format!("{}/v1", self.url())
    }

    /// How many connections were made to it.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }

    /// What it was asked up to now.
    #[must_use]
    pub fn asks(&self) -> Vec<Ask> {
        self.asks.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for ModelServer {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn answer(State(inner): State<Arc<Inner>>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, LARGEST).await.unwrap_or_default();
    let ask = Ask {
        path: parts.uri.path().to_owned(),
        headers: parts.headers,
        body: serde_json::from_slice(&body).unwrap_or_default(),
    };
    let reply = (inner.answers)(&ask);
    let protocol = ask.protocol();
    if let Some(asks) = &inner.asks {
        asks.lock().unwrap_or_else(PoisonError::into_inner).push(ask);
    }
    reply.into_response(protocol)
}
