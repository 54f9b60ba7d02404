//! A tower layer from an async function around a call.

use std::convert::Infallible;
use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll};

use http::{Request, Response};
use tonic::body::Body;
use tower::{Layer, Service};

/// What a layer stands in front of: a gRPC service, which answers errors as responses.
pub(crate) trait Inner:
    Service<Request<Body>, Response = Response<Body>, Error = Infallible, Future: Send>
    + Clone
    + Send
    + 'static
{
}

impl<S> Inner for S where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible, Future: Send>
        + Clone
        + Send
        + 'static
{
}

/// What a layer does with a call.
pub(crate) trait Around: Clone + Send + Sync + 'static {
    /// Answers `request`, as a rule by calling `inner`.
    fn around<S: Inner>(
        &self,
        request: Request<Body>,
        inner: S,
    ) -> impl Future<Output = Result<Response<Body>, Infallible>> + Send;
}

/// Puts `A` around a service.
#[derive(Debug, Clone)]
pub struct With<A>(pub(crate) A);

/// A service with `A` around it.
#[derive(Debug, Clone)]
pub struct Wrapped<A, S> {
    around: A,
    inner: S,
}

impl<A: Clone, S> Layer<S> for With<A> {
    type Service = Wrapped<A, S>;

    fn layer(&self, inner: S) -> Self::Service {
        Wrapped { around: self.0.clone(), inner }
    }
}

#[allow(private_bounds)] // what stands around a call is this crate's choice alone
impl<A: Around, S: Inner> Service<Request<Body>> for Wrapped<A, S> {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        // The clone is not ready yet: this call takes the service that is, and leaves the clone.
        let clone = self.inner.clone();
        let inner = mem::replace(&mut self.inner, clone);
        let around = self.around.clone();
        Box::pin(async move { around.around(request, inner).await })
    }
}
