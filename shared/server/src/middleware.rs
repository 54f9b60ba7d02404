//! A tower layer from an async function.

use std::convert::Infallible;
use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll};

use http::{Request, Response};
use tonic::body::Body;
use tower::{Layer, Service};

/// A gRPC service: errors are responses.
pub(crate) trait GrpcService:
    Service<Request<Body>, Response = Response<Body>, Error = Infallible, Future: Send>
    + Clone
    + Send
    + 'static
{
}

impl<S> GrpcService for S where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible, Future: Send>
        + Clone
        + Send
        + 'static
{
}

/// An async function around a call.
pub(crate) trait Middleware: Clone + Send + Sync + 'static {
    /// Handles `request`, usually by calling `inner`.
    fn handle<S: GrpcService>(
        &self,
        request: Request<Body>,
        inner: S,
    ) -> impl Future<Output = Result<Response<Body>, Infallible>> + Send;
}

/// The layer of a middleware.
#[derive(Debug, Clone)]
pub struct MiddlewareLayer<M>(pub(crate) M);

/// A service inside a middleware.
#[derive(Debug, Clone)]
pub struct MiddlewareService<M, S> {
    middleware: M,
    inner: S,
}

impl<M: Clone, S> Layer<S> for MiddlewareLayer<M> {
    type Service = MiddlewareService<M, S>;

    fn layer(&self, inner: S) -> Self::Service {
        MiddlewareService { middleware: self.0.clone(), inner }
    }
}

#[allow(private_bounds)] // Only this crate has middleware.
impl<M: Middleware, S: GrpcService> Service<Request<Body>> for MiddlewareService<M, S> {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        // The clone is not ready: this call takes the ready service and leaves the clone.
        let clone = self.inner.clone();
        let inner = mem::replace(&mut self.inner, clone);
        let middleware = self.middleware.clone();
        Box::pin(async move { middleware.handle(request, inner).await })
    }
}
