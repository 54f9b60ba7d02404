//! The tower layer in front of every service: no call gets in without a verified caller, except those
//! that the [`Policy`] makes public.

use std::future::{Ready, ready};
use std::sync::Arc;
use std::task::{Context, Poll};

use futures::future::Either;
use http::header::AUTHORIZATION;
use http::{HeaderMap, Request, Response};
use tandem_error::{Error, Unauthenticated};
use tonic::Status;
use tower::{Layer, Service};

use crate::policy::{Access, Policy};
use crate::verify::Verifier;
use crate::{Caller, audit};

/// Puts [`Auth`] in front of a service. Cloning is cheap.
#[derive(Clone)]
pub struct AuthLayer {
    gate: Arc<Gate>,
}

/// A service that lets only those calls through that the policy allows, with the [`Caller`] in the
/// request's extensions; the others are answered with a status.
#[derive(Clone)]
pub struct Auth<S> {
    inner: S,
    gate: Arc<Gate>,
}

struct Gate {
    verifier: Arc<Verifier>,
    policy: Policy,
}

impl AuthLayer {
    /// A layer that applies `policy` with callers that `verifier` proves.
    #[must_use]
    pub fn new(verifier: Arc<Verifier>, policy: Policy) -> Self {
        Self { gate: Arc::new(Gate { verifier, policy }) }
    }
}

impl<S> Layer<S> for AuthLayer {
    type Service = Auth<S>;

    fn layer(&self, inner: S) -> Auth<S> {
        Auth { inner, gate: Arc::clone(&self.gate) }
    }
}

impl<S, B, R> Service<Request<B>> for Auth<S>
where
    S: Service<Request<B>, Response = Response<R>>,
    R: Default,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Either<S::Future, Ready<Result<S::Response, S::Error>>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        match self.gate.admit(&mut request) {
            Ok(()) => Either::Left(self.inner.call(request)),
            Err(error) => Either::Right(ready(Ok(Status::from(error).into_http()))),
        }
    }
}

impl Gate {
    /// Proves the caller, puts it into the request, and checks the scope.
    fn admit<B>(&self, request: &mut Request<B>) -> Result<(), Error> {
        if let Some(token) = request.headers_mut().get_mut(AUTHORIZATION) {
            // Whoever prints the request from here on does not print the token.
            token.set_sensitive(true);
        }
        let access = self.policy.access(request.uri().path());
        if access == Access::Public {
            return Ok(());
        }
        let caller = bearer(request.headers())
            .and_then(|token| self.verifier.verify(token))
            .inspect_err(|why| audit::unauthenticated(request, *why))
            .map_err(Error::Unauthenticated)?;
        if let Access::Scoped(scope) = access
            && !caller.has(scope)
        {
            audit::scope_missing(request, &caller, scope);
            return Err(Error::ScopeMissing(scope.as_str()));
        }
        tracing::Span::current().record("user.id", caller.owner().as_str());
        request.extensions_mut().insert::<Arc<Caller>>(caller);
        Ok(())
    }
}

/// The bearer token of a request that has exactly one `authorization` header.
fn bearer(headers: &HeaderMap) -> Result<&str, Unauthenticated> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let value = values.next().ok_or(Unauthenticated::Missing)?;
    if values.next().is_some() {
        return Err(Unauthenticated::Invalid("several_headers"));
    }
    let value = value.to_str().map_err(|_| Unauthenticated::Invalid("malformed"))?;
    let (scheme, token) = value.split_once(' ').ok_or(Unauthenticated::Missing)?;
    let token = token.trim_matches(' ');
    if !scheme.eq_ignore_ascii_case("bearer") || token.is_empty() {
        return Err(Unauthenticated::Missing);
    }
    Ok(token)
}
