//! Calls of any method by its path.

use prost::Message;
use tonic::client::Grpc;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::transport::Channel;
use tonic::{Code, Request, Status};
use tonic_prost::ProstCodec;

/// Metadata that differs between any two responses.
const UNIQUE: [&str; 2] = ["x-request-id", "date"];

/// Calls `path` with `message` and, if given, the header `authorization`. Reads the response, of a unary or
/// a streaming method, up to its first message.
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

/// Everything by which a caller can distinguish two refusals.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Refusal {
    code: i32,
    message: String,
    details: Vec<u8>,
    metadata: Vec<(String, Vec<u8>)>,
}

impl Refusal {
    /// The visible parts of `status`, without the metadata that is unique to each call.
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
