//! The number of concurrent calls. More are refused immediately, so that the others stay fast and memory
//! is bounded.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;

use http::{Request, Response};
use http_body::Body as _;
use tandem_error::Error;
use tokio::sync::Semaphore;
use tonic::body::Body;

use crate::method_timeouts::{HEALTH_CHECK, INFRASTRUCTURE, MethodTimeouts};
use crate::middleware::{GrpcService, Middleware};
use crate::{Settings, body};

/// Refuses calls over the limits with UNAVAILABLE (OVERLOADED); a call counts until its response is sent.
/// Long methods have a limit of their own, so that waiting turns do not block other calls, and so have
/// the streams of health and reflection, which need no authentication. A health check always passes.
#[derive(Debug, Clone)]
pub struct ConcurrencyLimit {
    timeouts: MethodTimeouts,
    short_permits: Arc<Semaphore>,
    long_permits: Arc<Semaphore>,
    public_permits: Arc<Semaphore>,
}

/// Concurrent streams of health and reflection.
const MAX_PUBLIC_STREAMS: usize = 256;

impl ConcurrencyLimit {
    pub(crate) fn new(settings: &Settings, timeouts: MethodTimeouts) -> Self {
        Self {
            timeouts,
            short_permits: Arc::new(Semaphore::new(settings.max_concurrent_requests)),
            long_permits: Arc::new(Semaphore::new(settings.max_concurrent_long_requests)),
            public_permits: Arc::new(Semaphore::new(MAX_PUBLIC_STREAMS)),
        }
    }
}

impl Middleware for ConcurrencyLimit {
    async fn handle<S: GrpcService>(
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
        } else if self.timeouts.find(path).is_some() {
            &self.long_permits
        } else {
            &self.short_permits
        };
        let Ok(permit) = Arc::clone(permits).try_acquire_owned() else {
            return Ok(body::error_response(Error::Overloaded));
        };
        let response = inner.call(request).await?;
        Ok(response.map(|body| {
            body::intercept_frames(body, move |body, cx| {
                let _held = &permit;
                Pin::new(body).poll_frame(cx)
            })
        }))
    }
}
