//! Error details for the errors of tonic itself.

use std::convert::Infallible;

use http::{Request, Response};
use tandem_error::Error;
use tonic::body::Body;
use tonic::{Code, Status};

use crate::body;
use crate::middleware::{GrpcService, Middleware};

/// Replaces the errors with which tonic refuses a request before its handler runs.
#[derive(Debug, Clone)]
pub(crate) struct ErrorDetails;

impl Middleware for ErrorDetails {
    async fn handle<S: GrpcService>(
        &self,
        request: Request<Body>,
        mut inner: S,
    ) -> Result<Response<Body>, Infallible> {
        let response = inner.call(request).await?;
        let status = Status::from_header_map(response.headers());
        Ok(status.as_ref().and_then(tonic_error).map_or(response, body::error_response))
    }
}

/// The error for a status of tonic itself; `None` for those of the service.
fn tonic_error(status: &Status) -> Option<Error> {
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
