//! The security log: who was refused and why, and who wrote what. Never a token, never content.

use std::net::SocketAddr;

use http::Request;
use tandem_error::{Unauthenticated, request};
use tonic::transport::server::{TcpConnectInfo, TlsConnectInfo};

use crate::{Caller, Scope};

/// How much of a path is logged, in bytes: it may come from anyone, and be of any length.
const LONGEST_PATH: usize = 128;

/// A caller did not prove who they are.
pub(crate) fn unauthenticated<B>(request: &Request<B>, why: Unauthenticated) {
    let kind = match why {
        Unauthenticated::Missing => "missing",
        Unauthenticated::Expired => "expired",
        Unauthenticated::Invalid(kind) => kind,
    };
    tracing::warn!(
        target: "audit",
        outcome = "unauthenticated",
        kind,
        rpc.method = method(request),
        client.address = peer(request).map(tracing::field::display),
        request.id = request::current().as_deref(),
        "authentication failed"
    );
}

/// A caller's token is good, but not for this method.
pub(crate) fn scope_missing<B>(request: &Request<B>, caller: &Caller, scope: Scope) {
    tracing::warn!(
        target: "audit",
        outcome = "denied",
        kind = "scope_missing",
        scope = scope.as_str(),
        user.id = caller.owner().as_str(),
        actor = caller.actor(),
        token.id = caller.token_id(),
        rpc.method = method(request),
        client.address = peer(request).map(tracing::field::display),
        request.id = request::current().as_deref(),
        "scope missing"
    );
}

/// A caller asked for what is another user's, as the request itself says.
pub fn denied(caller: &Caller, method: &'static str, kind: &'static str) {
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

/// A caller changed a resource, which is named by its id.
pub fn write(caller: &Caller, method: &'static str, resource: &str) {
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

fn method<B>(request: &Request<B>) -> &str {
    let path = request.uri().path();
    &path[..path.floor_char_boundary(LONGEST_PATH)]
}

/// Where the call comes from, over TLS or plain TCP.
fn peer<B>(request: &Request<B>) -> Option<SocketAddr> {
    let extensions = request.extensions();
    let tls = extensions.get::<TlsConnectInfo<TcpConnectInfo>>().map(TlsConnectInfo::get_ref);
    tls.or_else(|| extensions.get()).and_then(TcpConnectInfo::remote_addr)
}
