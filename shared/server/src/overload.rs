//! How many calls run at once. Those above are refused at once, so that the others stay fast and memory
//! is bounded.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;

use http::{Request, Response};
use http_body::Body as _;
use tandem_error::Error;
use tokio::sync::Semaphore;
use tonic::body::Body;

use crate::around::{Around, Inner};
use crate::methods::{HEALTH_CHECK, INFRASTRUCTURE, LongMethods};
use crate::{Settings, body};

/// Refuses calls above the limits; what a call answers counts until it is sent. Long methods have a
/// limit of their own, so that waiting turns do not lock ordinary calls out, and so have the streams of
/// health and reflection, which strangers may open. A health check always passes.
#[derive(Debug, Clone)]
pub struct Overload {
    long: LongMethods,
    short_permits: Arc<Semaphore>,
    long_permits: Arc<Semaphore>,
    public_permits: Arc<Semaphore>,
}

/// Streams of health and reflection at once.
const PUBLIC: usize = 256;

impl Overload {
    pub(crate) fn new(settings: &Settings, long: LongMethods) -> Self {
        Self {
            long,
            short_permits: Arc::new(Semaphore::new(settings.max_concurrent_requests)),
            long_permits: Arc::new(Semaphore::new(settings.max_concurrent_long_requests)),
            public_permits: Arc::new(Semaphore::new(PUBLIC)),
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
        if path == HEALTH_CHECK {
            return inner.call(request).await;
        }
        let permits = if path.starts_with(INFRASTRUCTURE) {
            &self.public_permits
        } else if self.long.deadline(path).is_some() {
            &self.long_permits
        } else {
            &self.short_permits
        };
        let Ok(permit) = Arc::clone(permits).try_acquire_owned() else {
            return Ok(body::refusal(Error::Overloaded));
        };
        let response = inner.call(request).await?;
        Ok(response.map(|body| {
            body::through(body, move |body, cx| {
                let _held = &permit;
                Pin::new(body).poll_frame(cx)
            })
        }))
    }
}
