//! Server-sent events, as far as providers use them: the `data` of each event.

use crate::llm::Error;

/// The largest event that is read, in bytes.
const LARGEST: usize = 1024 * 1024;

/// The events of a stream of bytes that is cut anywhere, also within a character.
#[derive(Default)]
pub(super) struct Events {
    /// The line that has not ended.
    line: Vec<u8>,
    /// The data of the event that has not ended.
    data: String,
}

impl Events {
    /// Takes in the next bytes: the data of the events that they end.
    ///
    /// # Errors
    /// An event is too large or no UTF-8.
    pub(super) fn read(&mut self, bytes: &[u8]) -> Result<Vec<String>, Error> {
        let mut ended = Vec::new();
        let mut rest = bytes;
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            self.grow(&rest[..end])?;
            rest = &rest[end + 1..];
            let line = std::mem::take(&mut self.line);
            ended.extend(self.end_line(line.strip_suffix(b"\r").unwrap_or(&line))?);
        }
        self.grow(rest)?;
        Ok(ended)
    }

    fn grow(&mut self, bytes: &[u8]) -> Result<(), Error> {
        if self.data.len() + self.line.len() + bytes.len() > LARGEST {
            return Err(Error::broken(format!("an event has more than {LARGEST} bytes")));
        }
        self.line.extend_from_slice(bytes);
        Ok(())
    }

    /// The data of the event that a line ends, if it does.
    fn end_line(&mut self, line: &[u8]) -> Result<Option<String>, Error> {
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

    #[test]
    fn a_stream_says_the_same_wherever_it_is_cut() {
        let expected = ["{\"a\":\n\"ü𝄞\"}", "[DONE]"];
        for cut in 0..=STREAM.len() {
            let (first, second) = STREAM.as_bytes().split_at(cut);
            let mut events = Events::default();
            let read = [events.read(first), events.read(second)].map(|it| it.expect("events"));
            assert_eq!(read.concat(), expected, "cut at {cut}");
        }
        let mut events = Events::default();
        let one_by_one = STREAM.bytes().flat_map(|byte| events.read(&[byte]).expect("events"));
        assert_eq!(one_by_one.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn what_is_no_utf_8_is_broken() {
        assert!(Events::default().read(b"data: \xff\n").is_err());
    }

    #[test]
    fn an_event_without_an_end_is_not_kept_for_ever() {
        let endless = |piece: &[u8]| {
            let mut events = Events::default();
            (0..4 * LARGEST / piece.len()).any(|_| events.read(piece).is_err())
        };
        assert!(endless(&[b'x'; 1000]), "one line");
        assert!(endless("data: more\n".repeat(100).as_bytes()), "one event of many lines");
    }
}
