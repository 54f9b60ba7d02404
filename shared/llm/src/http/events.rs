//! Server-sent events, as far as providers use them: the `data` of each event.

use std::ops::Range;

use crate::Error;

/// The largest event that is read, in bytes.
const LARGEST: usize = 1024 * 1024;

/// The events of a stream of bytes that is cut anywhere, also within a character.
#[derive(Default)]
pub(super) struct Events {
    /// What has come, up to the last line that has not ended.
    bytes: Vec<u8>,
    /// Where the first line begins that has not been read.
    line: usize,
    /// How far it has been searched for its end.
    searched: usize,
    /// The data of the event that has not ended.
    data: String,
}

impl Events {
    /// Takes in the next bytes.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.bytes.drain(..self.line);
        self.searched -= self.line;
        self.line = 0;
        self.bytes.extend_from_slice(bytes);
    }

    /// The data of the next event that has come to its end.
    ///
    /// # Errors
    /// The event is too large or no UTF-8.
    pub(super) fn next(&mut self) -> Result<Option<String>, Error> {
        while let Some(length) = self.bytes[self.searched..].iter().position(|it| *it == b'\n') {
            let line = self.line..self.searched + length;
            self.line = line.end + 1;
            self.searched = self.line;
            if let Some(data) = self.end_line(line)? {
                return Ok(Some(data));
            }
        }
        self.searched = self.bytes.len();
        if self.data.len() + self.searched - self.line > LARGEST {
            return Err(Error::broken(format!("an event has more than {LARGEST} bytes")));
        }
        Ok(None)
    }

    /// The data of the event that a line ends, if it does.
    fn end_line(&mut self, line: Range<usize>) -> Result<Option<String>, Error> {
        let line = &self.bytes[line];
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            let data = std::mem::take(&mut self.data);
            return Ok((!data.is_empty()).then_some(data));
        }
        // Names, ids and comments say nothing that the data does not say.
        if let Some(data) = line.strip_prefix(b"data:") {
            let data = data.strip_prefix(b" ").unwrap_or(data);
            let data = str::from_utf8(data).map_err(|_| Error::broken("an event is no UTF-8"))?;
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

    fn read(events: &mut Events, bytes: &[u8]) -> Result<Vec<String>, Error> {
        events.push(bytes);
        std::iter::from_fn(|| events.next().transpose()).collect()
    }

    #[test]
    fn a_stream_says_the_same_wherever_it_is_cut() {
        let expected = ["{\"a\":\n\"ü𝄞\"}", "[DONE]"];
        for cut in 0..=STREAM.len() {
            let (first, second) = STREAM.as_bytes().split_at(cut);
            let mut events = Events::default();
            let said = [first, second].map(|it| read(&mut events, it).expect("events"));
            assert_eq!(said.concat(), expected, "cut at {cut}");
        }
        let mut events = Events::default();
        let said = STREAM.bytes().flat_map(|it| read(&mut events, &[it]).expect("events"));
        assert_eq!(said.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn what_is_no_utf_8_is_broken_and_what_came_before_it_is_not() {
        let mut events = Events::default();
        events.push(b"data: a\n\ndata: \xff\n\n");
        assert_eq!(events.next(), Ok(Some("a".to_owned())));
        assert!(events.next().is_err());
    }

    #[test]
    fn an_event_without_an_end_is_not_kept_for_ever() {
        let endless = |piece: &[u8]| {
            let mut events = Events::default();
            (0..4 * LARGEST / piece.len()).any(|_| read(&mut events, piece).is_err())
        };
        assert!(endless(&[b'x'; 1000]), "one line");
        assert!(endless("data: more\n".repeat(100).as_bytes()), "one event of many lines");
    }
}
