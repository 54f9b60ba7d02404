//! One call of an [`Http2Client`](super::Http2Client).

use bytes::{Buf as _, Bytes, BytesMut};
use h2::client::ResponseFuture;
use h2::{Reason, RecvStream, SendStream};
use prost::Message;
use tonic::codegen::http::HeaderMap;
use tonic::{Code, Status};

use crate::process::in_time;

/// The bytes in front of a message: a flag and the length.
const PREFIX: usize = 5;

/// One call. It is cancelled when this is dropped.
#[derive(Debug)]
pub struct Call {
    body: SendStream<Bytes>,
    response: Response,
    /// What is read of a message that is not yet whole.
    buffer: BytesMut,
}

#[derive(Debug)]
enum Response {
    Awaited(ResponseFuture),
    Begun(HeaderMap, RecvStream),
    /// The stream was reset, or the connection was lost.
    Lost(Option<Reason>),
}

/// How a call ended.
#[derive(Debug)]
pub enum End {
    /// With a status.
    Status(Box<Status>),
    /// With RST_STREAM.
    Reset(Reason),
    /// With its connection.
    ConnectionLost,
}

impl Call {
    pub(super) fn new(response: ResponseFuture, body: SendStream<Bytes>) -> Self {
        Self { body, response: Response::Awaited(response), buffer: BytesMut::new() }
    }

    /// Sends a part of the request's body, `last` or not. What the server's window does not admit waits.
    ///
    /// # Panics
    /// If the body is ended.
    pub fn send(&mut self, part: Bytes, last: bool) {
        self.body.send_data(part, last).expect("an open body");
    }

    /// Sends RST_STREAM.
    pub fn reset(&mut self) {
        self.body.send_reset(Reason::CANCEL);
    }

    /// Waits for the headers of the response, which need no window. Returns whether there are some: a call
    /// that is reset has none.
    pub async fn begins(&mut self) -> bool {
        if let Response::Awaited(response) = &mut self.response {
            self.response = match in_time("the headers of a response", response).await {
                Ok(response) => {
                    let (head, body) = response.into_parts();
                    Response::Begun(head.headers, body)
                }
                Err(error) => Response::Lost(error.reason()),
            };
        }
        matches!(self.response, Response::Begun(..))
    }

    /// Reads the next data of the response and grants its window again. `None` at the end.
    pub async fn read(&mut self) -> Option<Bytes> {
        self.begins().await;
        let Response::Begun(_, body) = &mut self.response else { return None };
        match in_time("the data of a response", body.data()).await? {
            Ok(data) => {
                // Without effect on a stream that has ended.
                let _ = body.flow_control().release_capacity(data.len());
                Some(data)
            }
            Err(error) => {
                self.response = Response::Lost(error.reason());
                None
            }
        }
    }

    /// Reads the next message. `None` at the end.
    ///
    /// # Panics
    /// If the response holds something else.
    pub async fn message<M: Message + Default>(&mut self) -> Option<M> {
        loop {
            if let Some(message) = self.take_message() {
                return Some(M::decode(message).expect("a message of this type"));
            }
            let data = self.read().await?;
            self.buffer.extend_from_slice(&data);
        }
    }

    fn take_message(&mut self) -> Option<Bytes> {
        let length = self.buffer.get(1..PREFIX)?.try_into().map(u32::from_be_bytes).ok()?;
        let length = usize::try_from(length).expect("64 bits");
        if self.buffer.len() < PREFIX + length {
            return None;
        }
        self.buffer.advance(PREFIX);
        Some(self.buffer.split_to(length).freeze())
    }

    /// Reads the response to its end, and grants the window again for all of it.
    pub async fn end(mut self) -> End {
        while self.read().await.is_some() {}
        match &mut self.response {
            Response::Begun(headers, body) => {
                match in_time("the trailers of a response", body.trailers()).await {
                    // A response without a body has its status in the headers.
                    Ok(trailers) => status(trailers.as_ref().unwrap_or(headers)),
                    Err(error) => lost(error.reason()),
                }
            }
            Response::Lost(reason) => lost(*reason),
            Response::Awaited(_) => unreachable!("read waits for the headers"),
        }
    }
}

impl End {
    /// The status.
    ///
    /// # Panics
    /// If the call ended in another way.
    #[must_use]
    pub fn status(self) -> Status {
        match self {
            Self::Status(status) => *status,
            other => panic!("a status: {other:?}"),
        }
    }
}

fn lost(reason: Option<Reason>) -> End {
    reason.map_or(End::ConnectionLost, End::Reset)
}

fn status(trailers: &HeaderMap) -> End {
    let status = Status::from_header_map(trailers);
    End::Status(Box::new(status.unwrap_or_else(|| Status::new(Code::Unknown, "no status"))))
}
