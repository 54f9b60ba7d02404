//! Running a service: the layers around it, and its life from the first probe to the last call.

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

use crate::around::{With, Wrapped};
use crate::deadline::{Deadline, Stops};
use crate::details::Details;
use crate::health::{Health, Readiness};
use crate::methods::LongMethods;
use crate::overload::Overload;
use crate::panics::Panics;
use crate::request::Requests;
use crate::{Settings, body, reflection};

/// How long the last answers may take to be sent after the hard stop.
const LAST_ANSWERS: Duration = Duration::from_secs(1);

/// What a service brings to its server.
pub struct Stack<L> {
    /// The gRPC services.
    pub routes: Routes,
    /// Their full names: what health is told of and reflection describes.
    pub services: Vec<&'static str>,
    /// The layer that lets callers in.
    pub auth: L,
    /// The methods that may take longer than [`Settings::deadline_seconds`].
    pub long_methods: LongMethods,
    /// Whether the service can do its work.
    pub readiness: Readiness,
}

/// What stands behind the layer that lets callers in.
pub type Guarded = Wrapped<Overload, Wrapped<Deadline, Routes>>;

/// Serves until `shutdown` is cancelled, then reports NOT_SERVING, stops accepting, lets running calls
/// finish for [`Settings::shutdown_seconds`] and ends the others. Returns when all calls have ended.
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
    let stops = Stops::default();
    let (routes, health) = with_infrastructure(settings, stack.routes, &stack.services).await?;
    let layers = ServiceBuilder::new()
        // Outermost: every call has an id and a line in the log, the refused ones too.
        .layer(With(Requests))
        // Around all that may panic, inside of what gives the request its id.
        .layer(With(Panics))
        // Around all that tonic answers by itself.
        .layer(With(Details))
        // Before the limits: a stranger takes no caller's place.
        .layer(stack.auth)
        // Before the deadline: a refused call costs no timer.
        .layer(With(Overload::new(settings, stack.long_methods.clone())))
        // Innermost: it ends the handler itself.
        .layer(With(Deadline::new(settings, stack.long_methods, stops.clone())))
        .into_inner();
    let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
    let server = transport(settings)
        .layer(layers)
        .add_routes(routes)
        .serve_with_incoming_shutdown(incoming, stops.stopping.clone().cancelled_owned());
    let interval = Duration::from_secs(settings.health_seconds);
    let healthy = health.follow(&stack.readiness, interval, &shutdown);
    run(server, healthy, &stops, Duration::from_secs(settings.shutdown_seconds)).await
}

/// Runs `server` for as long as it is `healthy`, and then to its end.
async fn run(
    server: impl Future<Output = Result<(), transport::Error>>,
    healthy: impl Future<Output = ()>,
    stops: &Stops,
    limit: Duration,
) -> Result<(), Cause> {
    let mut server = pin!(server);
    tokio::select! {
        ended = &mut server => return ended.map_err(Into::into),
        () = healthy => stops.stopping.cancel(),
    }
    if let Ok(ended) = timeout(limit, &mut server).await {
        return ended.map_err(Into::into);
    }
    tracing::warn!("calls are still running at the end of the shutdown; ending them");
    stops.stopped.cancel();
    // A caller that does not read its answers does not hold the process.
    timeout(LAST_ANSWERS, server).await.unwrap_or(Ok(())).map_err(Into::into)
}

/// Adds health and, where it is on, reflection.
async fn with_infrastructure(
    settings: &Settings,
    routes: Routes,
    services: &[&'static str],
) -> Result<(Routes, Health), Cause> {
    let (reporter, health_service) = tonic_health::server::health_reporter();
    let routes = answer_unknown(routes).add_service(health_service);
    let routes = if settings.reflection { reflection::add(routes, services)? } else { routes };
    Ok((routes, Health::new(reporter, services).await))
}

/// The limits of connections.
fn transport(settings: &Settings) -> Server {
    // A grace on the connection age is not set: tonic 0.14 then closes without asking to go first.
    Server::builder()
        .max_concurrent_streams(settings.max_concurrent_streams)
        .http2_max_header_list_size(settings.max_header_bytes)
        .http2_keepalive_interval(Some(Duration::from_secs(settings.keepalive_seconds)))
        .http2_keepalive_timeout(Some(Duration::from_secs(settings.keepalive_timeout_seconds)))
        .max_connection_age(Duration::from_secs(settings.max_connection_age_seconds))
}

/// Answers calls of services that are not there like every other refusal.
fn answer_unknown(mut routes: Routes) -> Routes {
    let router = mem::take(routes.axum_router_mut());
    router.fallback(|| async { body::refusal(Error::NotImplemented) }).into()
}
