//! A panic in a handler, or in the stream that it answers with, is an internal error of that one call.

use std::any::Any;
use std::convert::Infallible;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;

use futures::FutureExt as _;
use http::{Request, Response};
use http_body::Body as _;
use tandem_error::Error;
use tonic::body::Body;

use crate::around::{Around, Inner};
use crate::body;

/// Answers INTERNAL where a handler panics; the words of the panic stay in the log.
#[derive(Debug, Clone)]
pub(crate) struct Panics;

impl Around for Panics {
    async fn around<S: Inner>(
        &self,
        request: Request<Body>,
        mut inner: S,
    ) -> Result<Response<Body>, Infallible> {
        // Unwind safety: what a panic leaves half done belongs to the call, which ends here.
        let call = AssertUnwindSafe(async move { inner.call(request).await });
        let response = match call.catch_unwind().await {
            Ok(response) => response?,
            Err(panic) => return Ok(body::refusal(fault(panic.as_ref()))),
        };
        Ok(response.map(|body| {
            body::through(body, |body, cx| {
                let next = AssertUnwindSafe(|| Pin::new(&mut *body).poll_frame(cx));
                catch_unwind(next).unwrap_or_else(|panic| body::end(body, fault(panic.as_ref())))
            })
        }))
    }
}

fn fault(panic: &(dyn Any + Send)) -> Error {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    Error::internal(format!("panic: {}", text.unwrap_or("no words")))
}
