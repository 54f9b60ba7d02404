//! A model of a test behind the protocol of a provider: every prompt and every piece of an answer goes
//! over HTTP, and the server refuses what the real one refuses.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use futures::StreamExt as _;
use futures::future::ready;
use futures::stream::{self, BoxStream};
use tandem_llm::{Chunk, Error, Kind, Model, Prompt, Provider, Settings, open_models};
use tandem_llm_builtin::Builtin;
use tandem_test_support::model_server::{ModelRequest, ModelServer, Piece, Reply};

/// The answers that are not fetched yet, by the number in the system prompt.
type Answers = Arc<Mutex<HashMap<u64, BoxStream<'static, Result<Chunk, Error>>>>>;

/// A model that reaches another one over HTTP.
struct WireModel {
    model: Arc<dyn Model>,
    remote: Arc<dyn Model>,
    answers: Answers,
    last_number: AtomicU64,
}

/// `model` behind the protocol of `kind`, and the server, which has to be kept.
pub(crate) async fn over_wire(model: Arc<dyn Model>, kind: Kind) -> (Arc<dyn Model>, ModelServer) {
    let answers = Answers::default();
    let stored = Arc::clone(&answers);
    let server = ModelServer::start(move |request| answer(request, &stored)).await;
    let base_url = if kind == Kind::OPENAI { server.openai_url() } else { server.url() };
    let provider = Provider {
        model: Some("test-model".to_owned()),
        base_url: Some(base_url),
        ..Provider::new(kind)
    };
    let fallback_order = vec!["wire".to_owned()];
    let mut settings = Settings { fallback_order, retries: 0, ..Settings::default() };
    settings.providers.insert("wire".to_owned(), provider);
    let builtin: Arc<dyn Model> = Arc::new(Builtin);
    let remote = open_models(&settings, &builtin).expect("good settings").remove(0);
    (Arc::new(WireModel { model, remote, answers, last_number: AtomicU64::new(0) }), server)
}

impl Model for WireModel {
    fn name(&self) -> &str {
        self.model.name()
    }

    fn respond(&self, mut prompt: Prompt) -> BoxStream<'static, Result<Chunk, Error>> {
        let number = self.last_number.fetch_add(1, Ordering::Relaxed);
        let answer = self.model.respond(prompt.clone());
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).insert(number, answer);
        prompt.system.push_str(&mark(number));
        // An answer that is not read is abandoned, even if it was never fetched.
        let guard = Unfetched(Arc::clone(&self.answers), number);
        let chunks = self.remote.respond(prompt);
        // The name of the provider is not that of the model.
        let chunks = chunks.filter(|it| ready(!matches!(it, Ok(Chunk::Source(_)))));
        chunks.map(move |chunk| (chunk, &guard).0).boxed()
    }
}

/// Removes an answer that was not fetched.
struct Unfetched(Answers, u64);

impl Drop for Unfetched {
    fn drop(&mut self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.1);
    }
}

fn mark(number: u64) -> String {
    format!(" Prompt {number}.")
}

fn answer(request: &ModelRequest, answers: &Answers) -> Reply {
    let mut answers = answers.lock().unwrap_or_else(PoisonError::into_inner);
    let body = request.body.to_string();
    let number = answers.keys().copied().find(|number| body.contains(&mark(*number)));
    match number.and_then(|number| answers.remove(&number)) {
        Some(chunks) => Reply::pieces(chunks.flat_map(|it| stream::iter(piece(it))).boxed()),
        None => Reply::status(418, "no answer"),
    }
}

fn piece(chunk: Result<Chunk, Error>) -> Option<Piece> {
    Some(match chunk {
        Ok(Chunk::Text(text)) => Piece::Text(text),
        Ok(Chunk::ToolCall(call)) => Piece::Call(call.id, call.name, call.arguments.to_string()),
        Ok(Chunk::Usage(usage)) => Piece::Usage(usage.input_tokens, usage.output_tokens),
        Ok(Chunk::Source(_) | Chunk::Incomplete) => return None,
        Err(error) => Piece::Failure(error.to_string()),
    })
}
