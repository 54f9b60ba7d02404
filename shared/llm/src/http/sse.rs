//! Server-sent events, as far as providers use them: the `data` of each event.

use std::ops::Range;

use crate::Error;

/// Maximum size of an event, in bytes.
const MAX_EVENT_BYTES: usize = 1024 * 1024;

/// An incremental parser of an event stream, which may be split anywhere, even within a character.
#[derive(Default)]
pub(super) struct SseParser {
    /// The received bytes from `line_start` on, and those of parsed lines until the next push.
    buffer: Vec<u8>,
    /// Start of the first line that has not been parsed.
    line_start: usize,
    /// End of the part that has been searched for a line end.
    searched: usize,
    /// The data of the current event.
    data: String,
}

impl SseParser {
    /// Appends received bytes.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.buffer.drain(..self.line_start);
        self.searched -= self.line_start;
        self.line_start = 0;
        self.buffer.extend_from_slice(bytes);
    }

    /// The data of the next complete event; `None` if more bytes are needed.
    ///
    /// # Errors
    /// The event is too large or not UTF-8.
    pub(super) fn next_event(&mut self) -> Result<Option<String>, Error> {
        while let Some(length) = self.buffer[self.searched..].iter().position(|it| *it == b'\n') {
            let line = self.line_start..self.searched + length;
            self.line_start = line.end + 1;
            self.searched = self.line_start;
            if let Some(data) = self.parse_line(line)? {
                return Ok(Some(data));
            }
        }
        self.searched = self.buffer.len();
        if self.data.len() + self.searched - self.line_start > MAX_EVENT_BYTES {
            let message = format!("an event exceeds {MAX_EVENT_BYTES} bytes");
            return Err(Error::invalid_response(message));
        }
        Ok(None)
    }

    /// Parses a line. An empty one completes the event, whose data is returned.
    fn parse_line(&mut self, line: Range<usize>) -> Result<Option<String>, Error> {
        let line = &self.buffer[line];
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            let data = std::mem::take(&mut self.data);
            return Ok((!data.is_empty()).then_some(data));
        }
        // Event names, ids and comments are ignored: the data contains everything.
        if let Some(data) = line.strip_prefix(b"data:") {
            let data = data.strip_prefix(b" ").unwrap_or(data);
            let data = str::from_utf8(data)
                .map_err(|_| Error::invalid_response("an event is not UTF-8"))?;
            if !self.data.is_empty() {
                self.data.push('\n');
            }
            self.data.push_str(data);
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STREAM: &str =
        ": hello\r\nevent: x\r\ndata: {\"a\":\r\ndata:\"ü𝄞\"}\r\n\r\nid: 1\n\ndata: [DONE]\n\n";

    fn parse(parser: &mut SseParser, bytes: &[u8]) -> Result<Vec<String>, Error> {
        parser.push(bytes);
        std::iter::from_fn(|| parser.next_event().transpose()).collect()
    }

    #[test]
    fn a_stream_may_be_split_anywhere() {
        let expected = ["{\"a\":\n\"ü𝄞\"}", "[DONE]"];
        for cut in 0..=STREAM.len() {
            let (first, second) = STREAM.as_bytes().split_at(cut);
            let mut parser = SseParser::default();
            let events = [first, second].map(|it| parse(&mut parser, it).expect("events"));
            assert_eq!(events.concat(), expected, "cut at {cut}");
        }
        let mut parser = SseParser::default();
        let events = STREAM.bytes().flat_map(|it| parse(&mut parser, &[it]).expect("events"));
        assert_eq!(events.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn events_before_invalid_utf8_are_kept() {
        let mut parser = SseParser::default();
        parser.push(b"data: a\n\ndata: \xff\n\n");
        assert_eq!(parser.next_event(), Ok(Some("a".to_owned())));
        assert!(parser.next_event().is_err());
    }

    fn exceeds_limit(piece: &[u8]) -> bool {
        let mut parser = SseParser::default();
        (0..4 * MAX_EVENT_BYTES / piece.len()).any(|_| parse(&mut parser, piece).is_err())
    }

    #[test]
    fn events_are_bounded() {
        assert!(exceeds_limit(&[b'x'; 1000]), "one line");
        assert!(exceeds_limit("data: more\n".repeat(100).as_bytes()), "one event of many lines");
    }
}
