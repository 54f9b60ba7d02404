//! The audit log: rejected calls with the reason, and writes. It never contains tokens or content.

use std::net::SocketAddr;

use http::Request;
use tandem_error::{Unauthenticated, request};
use tonic::transport::server::{TcpConnectInfo, TlsConnectInfo};

use crate::{Caller, Scope};

/// How much of a path is logged, in bytes: anyone can send a path of any length.
const MAX_PATH_BYTES: usize = 128;

/// Logs a call without an accepted token.
pub(crate) fn log_unauthenticated<B>(request: &Request<B>, why: Unauthenticated) {
    let kind = match why {
        Unauthenticated::Missing => "missing",
        Unauthenticated::Expired => "expired",
        Unauthenticated::Invalid(kind) => kind,
    };
    tracing::warn!(
        target: "audit",
        outcome = "unauthenticated",
        kind,
        rpc.method = method_path(request),
        client.address = peer_address(request).map(tracing::field::display),
        request.id = request::current().as_deref(),
        "authentication failed"
    );
}

/// Logs a call whose token lacks the method's scope.
pub(crate) fn log_scope_missing<B>(request: &Request<B>, caller: &Caller, scope: Scope) {
    tracing::warn!(
        target: "audit",
        outcome = "denied",
        kind = "scope_missing",
        scope = scope.as_str(),
        user.id = caller.owner().as_str(),
        actor = caller.actor(),
        token.id = caller.token_id(),
        rpc.method = method_path(request),
        client.address = peer_address(request).map(tracing::field::display),
        request.id = request::current().as_deref(),
        "scope missing"
    );
}

/// Logs a request that names another user's resource; `kind` describes it.
pub fn log_denied(caller: &Caller, method: &'static str, kind: &'static str) {
    tracing::warn!(
        target: "audit",
        outcome = "denied",
        kind,
        user.id = caller.owner().as_str(),
        actor = caller.actor(),
        token.id = caller.token_id(),
        rpc.method = method,
        request.id = request::current().as_deref(),
        "access denied"
    );
}

/// Logs a write to a resource, by its id.
pub fn log_write(caller: &Caller, method: &'static str, resource: &str) {
    tracing::info!(
        target: "audit",
        outcome = "succeeded",
        user.id = caller.owner().as_str(),
        actor = caller.actor(),
        turn.id = caller.turn_id().map(tracing::field::display),
        rpc.method = method,
        resource.id = resource,
        request.id = request::current().as_deref(),
        "write"
    );
}

fn method_path<B>(request: &Request<B>) -> &str {
    let path = request.uri().path();
    &path[..path.floor_char_boundary(MAX_PATH_BYTES)]
}

/// The client's address, over TLS or plain TCP.
fn peer_address<B>(request: &Request<B>) -> Option<SocketAddr> {
    let extensions = request.extensions();
    let tls = extensions.get::<TlsConnectInfo<TcpConnectInfo>>().map(TlsConnectInfo::get_ref);
    tls.or_else(|| extensions.get()).and_then(TcpConnectInfo::remote_addr)
}
