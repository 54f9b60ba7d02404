//! Models whose answers a test writes.

use std::sync::Arc;

use futures::StreamExt as _;
use futures::stream::{self, BoxStream};
use serde_json::Value;
use tandem_llm::{Chunk, Entry, Error, Model, Prompt, ToolCall};
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio_stream::wrappers::UnboundedReceiverStream;

/// What a model streams.
type Piece = Result<Chunk, Error>;

/// A model that waits for the test to answer, and the calls to it as they come.
pub(crate) fn puppet() -> (Arc<dyn Model>, Asks) {
    let (ask, asks) = mpsc::unbounded_channel();
    (Arc::new(Puppet(ask)), Asks(asks))
}

/// A model that answers every prompt at once with what `answer` makes of it.
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

/// What the user wrote last.
pub(crate) fn newest(prompt: &Prompt) -> &str {
    let user = prompt.entries.iter().rev().find_map(|entry| match entry {
        Entry::User(content) => Some(content.as_str()),
        _ => None,
    });
    user.expect("a prompt holds the message to answer")
}

/// The calls to a puppet.
pub(crate) struct Asks(UnboundedReceiver<Ask>);

impl Asks {
    /// The next call, when it comes.
    pub(crate) async fn next(&mut self) -> Ask {
        self.0.recv().await.expect("the system runs")
    }

    /// Whether no call waits for an answer that the test has not seen.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// One call to a puppet. Its answer ends when this is dropped.
pub(crate) struct Ask {
    /// What the model is given.
    pub(crate) prompt: Prompt,
    say: UnboundedSender<Piece>,
}

impl Ask {
    /// Streams a piece of text.
    pub(crate) fn text(&self, piece: &str) {
        self.say(Ok(text(piece)));
    }

    /// Calls a tool, once the answer has ended.
    pub(crate) fn call(&self, id: &str, name: &str, arguments: Value) {
        self.say(Ok(call(id, name, arguments)));
    }

    /// Answers with a text and nothing else.
    pub(crate) fn answer(self, whole: &str) {
        self.text(whole);
    }

    /// Breaks off, with the words of a provider.
    pub(crate) fn fail(self, words: &str) {
        self.say(Err(Error::unavailable(words)));
    }

    /// Waits until nobody listens any more.
    pub(crate) async fn abandoned(&self) {
        self.say.closed().await;
    }

    fn say(&self, piece: Piece) {
        // Nobody listens to a turn that was cancelled.
        let _ = self.say.send(piece);
    }
}

struct Puppet(UnboundedSender<Ask>);

impl Model for Puppet {
    fn name(&self) -> &str {
        "puppet"
    }

    fn respond(&self, prompt: Prompt) -> BoxStream<'static, Piece> {
        let (say, said) = mpsc::unbounded_channel();
        // Without a test that listens, the answer is empty.
        let _ = self.0.send(Ask { prompt, say });
        UnboundedReceiverStream::new(said).boxed()
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
