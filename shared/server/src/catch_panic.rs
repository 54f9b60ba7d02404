//! A panic in a handler, or in its response stream, is an internal error of that one call.

use std::any::Any;
use std::convert::Infallible;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;

use futures::FutureExt as _;
use http::{Request, Response};
use http_body::Body as _;
use tandem_error::Error;
use tonic::body::Body;

use crate::body;
use crate::middleware::{GrpcService, Middleware};

/// Returns INTERNAL if a handler panics; the message of the panic is only logged.
#[derive(Debug, Clone)]
pub(crate) struct CatchPanic;

impl Middleware for CatchPanic {
    async fn handle<S: GrpcService>(
        &self,
        request: Request<Body>,
        mut inner: S,
    ) -> Result<Response<Body>, Infallible> {
        // Unwind safety: the state that a panic leaves belongs to the call, which ends here.
        let call = AssertUnwindSafe(async move { inner.call(request).await });
        let response = match call.catch_unwind().await {
            Ok(response) => response?,
            Err(panic) => return Ok(body::error_response(fault(panic.as_ref()))),
        };
        Ok(response.map(|body| {
            body::intercept_frames(body, |body, cx| {
                let next = AssertUnwindSafe(|| Pin::new(&mut *body).poll_frame(cx));
                catch_unwind(next)
                    .unwrap_or_else(|panic| body::end_with_error(body, fault(panic.as_ref())))
            })
        }))
    }
}

fn fault(panic: &(dyn Any + Send)) -> Error {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    Error::internal(format!("panic: {}", text.unwrap_or("no words")))
}
