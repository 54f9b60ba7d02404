//! One response, from its events.

use crate::{Chunk, Error, ToolCall, Usage};

/// Decodes the events of one response.
pub(crate) trait StreamDecoder: Send {
    /// Decodes the data of an event. Returns the text that it adds, if any.
    ///
    /// # Errors
    /// The data cannot be parsed, or reports a failure of the provider.
    fn decode_event(&mut self, data: &str) -> Result<Option<String>, Error>;

    /// Whether the response is complete, so that no event has to be awaited.
    fn is_finished(&self) -> bool;

    /// The tokens that the events so far report.
    fn usage(&self) -> Usage;

    /// The end of the stream.
    ///
    /// # Errors
    /// The stream ended before the response was complete.
    fn finish(&mut self) -> Result<Ending, Error>;
}

/// The end of a response.
pub(crate) struct Ending {
    /// The tool calls, without the name of the provider.
    pub(crate) calls: Vec<ToolCall>,
    pub(crate) reason: StopReason,
}

/// Why the model stopped. The texts are the provider's own names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum StopReason {
    /// The response is complete.
    Complete,
    /// It reached a limit of length.
    Length(String),
    /// The rest is withheld by a content filter.
    Filtered(String),
}

/// Builds the chunks of one response.
pub(super) struct ResponseBuilder<'a> {
    provider: &'a str,
    decoder: Box<dyn StreamDecoder>,
    reported: Usage,
    has_text: bool,
}

impl<'a> ResponseBuilder<'a> {
    /// A response of the provider with this name.
    pub(super) fn new(provider: &'a str, decoder: Box<dyn StreamDecoder>) -> Self {
        Self { provider, decoder, reported: Usage::default(), has_text: false }
    }

    pub(super) fn is_finished(&self) -> bool {
        self.decoder.is_finished()
    }

    /// Decodes an event. Blank text before the first other text is dropped: it is no answer, and in a
    /// later prompt some providers refuse it.
    pub(super) fn decode_event(&mut self, data: &str) -> Result<Option<String>, Error> {
        let text = self.decoder.decode_event(data)?.unwrap_or_default();
        let text = if self.has_text { text } else { text.trim_start().to_owned() };
        self.has_text |= !text.is_empty();
        Ok((!text.is_empty()).then_some(text))
    }

    /// The tokens that were reported since the last call.
    pub(super) fn new_usage(&mut self) -> Option<Usage> {
        let usage = self.decoder.usage();
        let new = usage.since(self.reported);
        self.reported = usage;
        (new != Usage::default()).then_some(new)
    }

    /// The tool calls and the end. An incomplete call is dropped, and a filtered response has none.
    ///
    /// # Errors
    /// The response is incomplete, or there is nothing in it.
    pub(super) fn finish(&mut self) -> Result<Vec<Chunk>, Error> {
        let Ending { mut calls, reason } = self.decoder.finish()?;
        match reason {
            StopReason::Complete => {}
            StopReason::Length(_) => calls.retain(|call| call.arguments.is_object()),
            StopReason::Filtered(_) => calls.clear(),
        }
        if calls.is_empty() && !self.has_text {
            return Err(match reason {
                StopReason::Filtered(reason) => Error::rejected(format!("filtered: {reason}")),
                StopReason::Complete | StopReason::Length(_) => Error::empty(),
            });
        }
        for signature in calls.iter_mut().filter_map(|call| call.signature.as_mut()) {
            self.provider.clone_into(&mut signature.provider);
        }
        let end = (reason != StopReason::Complete).then_some(Chunk::Incomplete);
        Ok(calls.into_iter().map(Chunk::ToolCall).chain(end).collect())
    }
}
