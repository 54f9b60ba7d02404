//! Models whose responses a test determines.

use std::sync::Arc;

use futures::StreamExt as _;
use futures::stream::{self, BoxStream};
use serde_json::Value;
use tandem_llm::{Chunk, Entry, Error, Model, Prompt, ToolCall};
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio_stream::wrappers::UnboundedReceiverStream;

/// A piece of a response.
type Piece = Result<Chunk, Error>;

/// A model whose responses the test sends, and the calls to it.
pub(crate) fn controlled_model() -> (Arc<dyn Model>, ModelCalls) {
    let (sender, receiver) = mpsc::unbounded_channel();
    (Arc::new(ControlledModel(sender)), ModelCalls(receiver))
}

/// A model that responds to every prompt at once with the result of `answer`.
pub(crate) fn scripted(
    answer: impl Fn(&Prompt) -> Vec<Chunk> + Send + Sync + 'static,
) -> Arc<dyn Model> {
    Arc::new(Scripted(answer))
}

/// A piece of text.
pub(crate) fn text(text: &str) -> Chunk {
    Chunk::Text(text.to_owned())
}

/// A call to a tool.
pub(crate) fn call(id: &str, name: &str, arguments: Value) -> Chunk {
    Chunk::ToolCall(ToolCall {
        id: id.to_owned(),
        name: name.to_owned(),
        arguments,
        signature: None,
    })
}

/// The newest message of the user.
pub(crate) fn newest(prompt: &Prompt) -> &str {
    let user = prompt.entries.iter().rev().find_map(|entry| match entry {
        Entry::User(content) => Some(content.as_str()),
        _ => None,
    });
    user.expect("a prompt has a message of the user")
}

/// The calls of a [`ControlledModel`].
pub(crate) struct ModelCalls(UnboundedReceiver<ModelCall>);

impl ModelCalls {
    /// Waits for the next call.
    pub(crate) async fn next(&mut self) -> ModelCall {
        self.0.recv().await.expect("the system runs")
    }

    /// Whether there is no further call.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A call of a [`ControlledModel`]. The response ends when this is dropped.
pub(crate) struct ModelCall {
    pub(crate) prompt: Prompt,
    pieces: UnboundedSender<Piece>,
}

impl ModelCall {
    /// Streams a piece of text.
    pub(crate) fn text(&self, piece: &str) {
        self.send(Ok(text(piece)));
    }

    /// Calls a tool; the call is made after the end of the response.
    pub(crate) fn call(&self, id: &str, name: &str, arguments: Value) {
        self.send(Ok(call(id, name, arguments)));
    }

    /// Responds with one text.
    pub(crate) fn answer(self, whole: &str) {
        self.text(whole);
    }

    /// Fails with the error text of a provider.
    pub(crate) fn fail(self, words: &str) {
        self.send(Err(Error::unavailable(words)));
    }

    /// Waits until the response is no longer read.
    pub(crate) async fn abandoned(&self) {
        self.pieces.closed().await;
    }

    fn send(&self, piece: Piece) {
        // The response of a cancelled turn is not read.
        let _ = self.pieces.send(piece);
    }
}

/// A model whose responses the test sends.
struct ControlledModel(UnboundedSender<ModelCall>);

impl Model for ControlledModel {
    fn name(&self) -> &str {
        "controlled"
    }

    fn respond(&self, prompt: Prompt) -> BoxStream<'static, Piece> {
        let (pieces, receiver) = mpsc::unbounded_channel();
        // If the test no longer takes calls, the response is empty.
        let _ = self.0.send(ModelCall { prompt, pieces });
        UnboundedReceiverStream::new(receiver).boxed()
    }
}

struct Scripted<F>(F);

impl<F: Fn(&Prompt) -> Vec<Chunk> + Send + Sync + 'static> Model for Scripted<F> {
    fn name(&self) -> &str {
        "scripted"
    }

    fn respond(&self, prompt: Prompt) -> BoxStream<'static, Piece> {
        stream::iter((self.0)(&prompt)).map(Ok).boxed()
    }
}
