//! Events of a response body.

use super::sse::SseParser;
use crate::Error;

/// Splits a body into events: server-sent ones, or the whole body if a server answers with one JSON
/// document instead of a stream.
#[derive(Default)]
pub(super) struct EventReader {
    sse: SseParser,
    /// The document so far; `None` until the first bytes show that it is one.
    document: Option<Vec<u8>>,
    has_begun: bool,
    has_ended: bool,
}

impl EventReader {
    /// Appends received bytes; `None` is the end of the body.
    pub(super) fn push(&mut self, bytes: Option<&[u8]>) {
        let Some(bytes) = bytes else {
            self.has_ended = true;
            return;
        };
        if !self.has_begun {
            let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
            self.has_begun = first.is_some();
            self.document = first.filter(|byte| matches!(byte, b'{' | b'[')).map(|_| Vec::new());
        }
        match &mut self.document {
            Some(document) => document.extend_from_slice(bytes),
            None => self.sse.push(bytes),
        }
    }

    /// The data of the next complete event; `None` if more bytes are needed, or at the end.
    ///
    /// # Errors
    /// The event is too large or not UTF-8.
    pub(super) fn next_event(&mut self) -> Result<Option<String>, Error> {
        match &mut self.document {
            None => self.sse.next_event(),
            Some(_) if !self.has_ended => Ok(None),
            Some(document) if document.is_empty() => Ok(None),
            Some(document) => String::from_utf8(std::mem::take(document))
                .map(Some)
                .map_err(|_| Error::invalid_response("the response is not UTF-8")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pieces: &[&str]) -> Vec<String> {
        let mut reader = EventReader::default();
        let mut events = Vec::new();
        for piece in pieces.iter().map(|it| Some(it.as_bytes())).chain([None]) {
            reader.push(piece);
            events.extend(std::iter::from_fn(|| reader.next_event().expect("an event")));
        }
        events
    }

    #[test]
    fn a_document_is_one_event() {
        assert_eq!(read(&[" ", "{\"a\"", ":\n\n1}"]), ["{\"a\":\n\n1}"]);
        assert_eq!(read(&["[{}]"]), ["[{}]"]);
    }

    #[test]
    fn other_bodies_are_event_streams() {
        assert_eq!(read(&["\n", "data: {}\n", "\ndata: [1]\n\n"]), ["{}", "[1]"]);
        assert_eq!(read(&["<html>{}</html>"]), [""; 0]);
    }
}
