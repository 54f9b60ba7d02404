//! Running a service: its layers, and its life from the first probe to the last call.

use std::convert::Infallible;
use std::future::Future;
use std::mem;
use std::pin::pin;
use std::time::Duration;

use http::{Request, Response};
use tandem_error::{Cause, Error};
use tokio::net::TcpListener;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tonic::body::Body;
use tonic::service::Routes;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{self, Server};
use tower::{Layer, Service, ServiceBuilder};

use crate::access_log::RequestId;
use crate::catch_panic::CatchPanic;
use crate::concurrency_limit::ConcurrencyLimit;
use crate::deadline::{Deadline, Shutdown};
use crate::error_details::ErrorDetails;
use crate::health::{Health, Readiness};
use crate::method_timeouts::MethodTimeouts;
use crate::middleware::{MiddlewareLayer, MiddlewareService};
use crate::{Settings, body, reflection};

/// How long sending the last responses may take after the hard shutdown.
const SEND_TIMEOUT: Duration = Duration::from_secs(1);

/// The service-specific parts of a server.
pub struct Stack<L> {
    /// The gRPC services.
    pub routes: Routes,
    /// Their full names, for health and reflection.
    pub services: Vec<&'static str>,
    /// The layer that authenticates and authorises.
    pub auth: L,
    /// The methods that may take longer than [`Settings::deadline`].
    pub method_timeouts: MethodTimeouts,
    /// The check whether the service can do its work.
    pub readiness: Readiness,
}

/// The service inside the `auth` layer.
pub type Guarded = MiddlewareService<ConcurrencyLimit, MiddlewareService<Deadline, Routes>>;

/// Serves until `shutdown` is cancelled, then reports NOT_SERVING, stops accepting, lets running calls
/// finish for [`Settings::shutdown_timeout`] and ends the others. Returns when all calls have ended.
///
/// # Errors
/// The transport failed, or the descriptor set cannot be read.
pub async fn serve<L>(
    settings: &Settings,
    listener: TcpListener,
    stack: Stack<L>,
    shutdown: CancellationToken,
) -> Result<(), Cause>
where
    L: Layer<Guarded> + Clone,
    L::Service: Service<Request<Body>, Response = Response<Body>, Error = Infallible, Future: Send>
        + Clone
        + Send
        + 'static,
{
    let stages = Shutdown::default();
    let (routes, health) = with_infrastructure(settings, stack.routes, &stack.services).await?;
    let layers = ServiceBuilder::new()
        // Outermost: every call has an id and a log line, refused ones included.
        .layer(MiddlewareLayer(RequestId))
        // Outside of everything that may panic, inside of the request id.
        .layer(MiddlewareLayer(CatchPanic))
        // Outside of everything that tonic refuses itself.
        .layer(MiddlewareLayer(ErrorDetails))
        // Before the limits: an unauthenticated call takes no permit.
        .layer(stack.auth)
        // Before the deadline: a refused call costs no timer.
        .layer(MiddlewareLayer(ConcurrencyLimit::new(settings, stack.method_timeouts.clone())))
        // Innermost: it cancels the handler.
        .layer(MiddlewareLayer(Deadline::new(settings, stack.method_timeouts, stages.clone())))
        .into_inner();
    let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
    let server = configure_transport(settings)
        .layer(layers)
        .add_routes(routes)
        .serve_with_incoming_shutdown(incoming, stages.soft.clone().cancelled_owned());
    let interval = settings.health_check_interval.get();
    let healthy = health.report_until(&stack.readiness, interval, &shutdown);
    run_until_shutdown(server, healthy, &stages, settings.shutdown_timeout.get()).await
}

/// Runs `server` until `healthy` ends, and then shuts it down.
async fn run_until_shutdown(
    server: impl Future<Output = Result<(), transport::Error>>,
    healthy: impl Future<Output = ()>,
    stages: &Shutdown,
    limit: Duration,
) -> Result<(), Cause> {
    let mut server = pin!(server);
    tokio::select! {
        ended = &mut server => return ended.map_err(Into::into),
        () = healthy => stages.soft.cancel(),
    }
    if let Ok(ended) = timeout(limit, &mut server).await {
        return ended.map_err(Into::into);
    }
    tracing::warn!("calls are still running at the end of the shutdown; ending them");
    stages.hard.cancel();
    // A client that does not read its response does not block the process.
    timeout(SEND_TIMEOUT, server).await.unwrap_or(Ok(())).map_err(Into::into)
}

/// Adds health and, if it is on, reflection.
async fn with_infrastructure(
    settings: &Settings,
    routes: Routes,
    services: &[&'static str],
) -> Result<(Routes, Health), Cause> {
    let (reporter, health_service) = tonic_health::server::health_reporter();
    let routes = refuse_unknown(routes).add_service(health_service);
    let routes =
        if settings.reflection { reflection::add_reflection(routes, services)? } else { routes };
    Ok((routes, Health::new(reporter, services).await))
}

/// The server with the limits of connections.
fn configure_transport(settings: &Settings) -> Server {
    // No grace on the connection age: tonic 0.14 would close connections without GOAWAY.
    Server::builder()
        .max_concurrent_streams(settings.max_concurrent_streams)
        .http2_max_header_list_size(settings.max_header_bytes)
        .http2_keepalive_interval(Some(settings.keepalive_interval.get()))
        .http2_keepalive_timeout(Some(settings.keepalive_timeout.get()))
        .max_connection_age(settings.max_connection_age.get())
}

/// Refuses calls of unknown services with the same details as every other error.
fn refuse_unknown(mut routes: Routes) -> Routes {
    let router = mem::take(routes.axum_router_mut());
    router.fallback(|| async { body::error_response(Error::NotImplemented) }).into()
}
