//! Calls of any method by its path, for tests that go through many methods alike.

use prost::Message;
use tonic::client::Grpc;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::transport::Channel;
use tonic::{Code, Request, Status};
use tonic_prost::ProstCodec;

/// What differs between any two answers.
const UNIQUE: [&str; 2] = ["x-request-id", "date"];

/// Calls `path` with `message` and with the header `authorization`, if there is one. Reads the answer,
/// of a unary method or of a streaming one, up to its first message.
pub(crate) async fn call<M: Message + 'static>(
    channel: &Channel,
    path: &str,
    authorization: Option<&str>,
    message: M,
) -> Result<(), Status> {
    let mut request = Request::new(message);
    if let Some(value) = authorization {
        request.metadata_mut().insert("authorization", value.parse().expect("a header value"));
    }
    let path = PathAndQuery::try_from(path).expect("a path");
    let mut grpc = Grpc::new(channel.clone());
    grpc.ready().await.expect("a server");
    let answer = grpc.server_streaming(request, path, ProstCodec::<M, ()>::default()).await?;
    answer.into_inner().message().await.map(drop)
}

/// All that a caller can tell one refusal from another by.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Refusal {
    /// The code's number.
    code: i32,
    message: String,
    details: Vec<u8>,
    metadata: Vec<(String, Vec<u8>)>,
}

impl Refusal {
    /// What the caller sees of `status`, but for what is unique to each call.
    pub(crate) fn of(status: &Status) -> Self {
        let headers = status.metadata().clone().into_headers();
        let headers =
            headers.iter().map(|(name, value)| (name.to_string(), value.as_bytes().to_vec()));
        let mut metadata: Vec<_> =
            headers.filter(|(name, _)| !UNIQUE.contains(&name.as_str())).collect();
        metadata.sort();
        let (message, details) = (status.message().to_owned(), status.details().to_vec());
        Self { code: status.code().into(), message, details, metadata }
    }

    pub(crate) fn code(&self) -> Code {
        self.code.into()
    }
}
