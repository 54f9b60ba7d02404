//! Refusals that tonic makes by itself get the details that every error has.

use std::convert::Infallible;

use http::{Request, Response};
use tandem_error::Error;
use tonic::body::Body;
use tonic::{Code, Status};

use crate::around::{Around, Inner};
use crate::body;

/// Answers in the words of the contract where tonic refuses a request before its handler sees it.
#[derive(Debug, Clone)]
pub(crate) struct Details;

impl Around for Details {
    async fn around<S: Inner>(
        &self,
        request: Request<Body>,
        mut inner: S,
    ) -> Result<Response<Body>, Infallible> {
        let response = inner.call(request).await?;
        let status = Status::from_header_map(response.headers());
        Ok(status.as_ref().and_then(refusal).map_or(response, body::refusal))
    }
}

/// What a status of tonic's own means; `None` for those of the service.
fn refusal(status: &Status) -> Option<Error> {
    if !status.details().is_empty() {
        return None;
    }
    match status.code() {
        Code::Unimplemented if status.message().is_empty() => Some(Error::NotImplemented),
        Code::OutOfRange if status.message().contains("decoded message length too large") => {
            Some(Error::TooLarge)
        }
        Code::Internal if status.message().contains("failed to decode Protobuf message") => {
            Some(Error::Unreadable)
        }
        _ => None,
    }
}
