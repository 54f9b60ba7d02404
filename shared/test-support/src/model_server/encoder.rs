//! The events of an answer in any protocol, piece by piece.

use bytes::Bytes;

use super::reply::{Answer, Call, End};
use super::request::Protocol;
use super::{anthropic, gemini, openai};

/// Encodes one answer.
pub(super) struct Encoder {
    protocol: Protocol,
    calls: usize,
    /// The next content block of the Anthropic protocol.
    block: u32,
    /// That block is an open one of text.
    is_text_open: bool,
}

impl Encoder {
    pub(super) fn new(protocol: Protocol) -> Self {
        Self { protocol, calls: 0, block: 0, is_text_open: false }
    }

    /// The events of a whole answer.
    pub(super) fn encode(answer: &Answer, protocol: Protocol) -> Vec<Bytes> {
        let mut encoder = Self::new(protocol);
        let mut events = encoder.start(answer.usage);
        if let Some(thinking) = &answer.thinking {
            events.extend(encoder.thinking(thinking));
        }
        events.extend(answer.text.iter().flat_map(|text| encoder.text(text)));
        events.extend(encoder.calls(&answer.calls));
        events.extend(encoder.end(answer.end, answer.usage, answer.refusal.as_deref()));
        events
    }

    /// The first events. Gemini has shown a thought by then.
    pub(super) fn start(&self, usage: Option<(u64, u64)>) -> Vec<Bytes> {
        match self.protocol {
            Protocol::OpenAi => Vec::new(),
            Protocol::Gemini => gemini::thinking("What does the user want?"),
            Protocol::Anthropic => anthropic::start(usage),
        }
    }

    fn thinking(&mut self, text: &str) -> Vec<Bytes> {
        match self.protocol {
            Protocol::OpenAi => openai::thinking(text),
            Protocol::Gemini => gemini::thinking(text),
            Protocol::Anthropic => {
                self.block += 1;
                anthropic::thinking(self.block - 1, text)
            }
        }
    }

    pub(super) fn text(&mut self, text: &str) -> Vec<Bytes> {
        match self.protocol {
            Protocol::OpenAi => openai::text(text),
            Protocol::Gemini => gemini::text(text),
            Protocol::Anthropic => {
                let start = (!self.is_text_open).then(|| anthropic::start_text(self.block));
                self.is_text_open = true;
                start.into_iter().chain([anthropic::text(self.block, text)]).collect()
            }
        }
    }

    pub(super) fn calls(&mut self, calls: &[Call]) -> Vec<Bytes> {
        let first = self.calls;
        self.calls += calls.len();
        match self.protocol {
            Protocol::OpenAi => {
                (first..).zip(calls).flat_map(|(index, call)| openai::call(index, call)).collect()
            }
            Protocol::Gemini => gemini::calls(first, calls),
            Protocol::Anthropic => {
                let mut events = Vec::from_iter(self.end_text());
                for (index, call) in (first..).zip(calls) {
                    events.extend(anthropic::call(self.block, index, call));
                    self.block += 1;
                }
                events
            }
        }
    }

    pub(super) fn end(
        &mut self,
        end: End,
        usage: Option<(u64, u64)>,
        refusal: Option<&str>,
    ) -> Vec<Bytes> {
        let has_calls = self.calls > 0;
        match self.protocol {
            Protocol::OpenAi => {
                let refusal = refusal.into_iter().flat_map(openai::refusal);
                refusal.chain(openai::end(end, has_calls, usage)).collect()
            }
            Protocol::Gemini => {
                let refusal = refusal.into_iter().flat_map(gemini::text);
                refusal.chain(gemini::end(end, usage)).collect()
            }
            Protocol::Anthropic => {
                let text = self.end_text();
                text.into_iter().chain(anthropic::end(end, has_calls, usage, refusal)).collect()
            }
        }
    }

    /// The event of a failure within the answer.
    pub(super) fn failure(&self, words: &str) -> Vec<Bytes> {
        match self.protocol {
            Protocol::OpenAi => openai::failure(words),
            Protocol::Gemini => gemini::failure(words),
            Protocol::Anthropic => anthropic::failure(words),
        }
    }

    fn end_text(&mut self) -> Option<Bytes> {
        let end = std::mem::take(&mut self.is_text_open).then(|| anthropic::end_block(self.block));
        self.block += u32::from(end.is_some());
        end
    }
}
