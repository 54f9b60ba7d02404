//! How many calls run at once. Those above are refused at once, so that the others stay fast and memory
//! is bounded.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;

use http::{Request, Response};
use http_body::Body as _;
use tandem_errors::Error;
use tokio::sync::Semaphore;
use tonic::body::Body;

use crate::around::{Around, Inner};
use crate::methods::{HEALTH, LongMethods};
use crate::{Settings, body};

/// Refuses calls above the limits. Long methods have a limit of their own, which their streams count
/// against to their end, so that waiting turns do not lock ordinary calls out. Health checks always pass.
#[derive(Debug, Clone)]
pub struct Overload {
    long: LongMethods,
    short_permits: Arc<Semaphore>,
    long_permits: Arc<Semaphore>,
}

impl Overload {
    pub(crate) fn new(settings: &Settings, long: LongMethods) -> Self {
        Self {
            long,
            short_permits: Arc::new(Semaphore::new(settings.max_concurrent_requests)),
            long_permits: Arc::new(Semaphore::new(settings.max_concurrent_long_requests)),
        }
    }
}

impl Around for Overload {
    async fn around<S: Inner>(
        &self,
        request: Request<Body>,
        mut inner: S,
    ) -> Result<Response<Body>, Infallible> {
        let path = request.uri().path();
        if path.starts_with(HEALTH) {
            return inner.call(request).await;
        }
        let long = self.long.deadline(path).is_some();
        let permits = if long { &self.long_permits } else { &self.short_permits };
        let Ok(permit) = Arc::clone(permits).try_acquire_owned() else {
            return Ok(body::refusal(Error::Overloaded));
        };
        let response = inner.call(request).await?;
        if !long {
            return Ok(response);
        }
        Ok(response.map(|body| {
            body::through(body, move |body, cx| {
                let _held = &permit;
                Pin::new(body).poll_frame(cx)
            })
        }))
    }
}
