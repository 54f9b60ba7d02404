//! The tower layer in front of every service: every call needs a verified caller, except for methods that
//! the [`Policy`] makes public.

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

/// Wraps services in [`Auth`]. Cheap to clone.
#[derive(Clone)]
pub struct AuthLayer {
    authenticator: Arc<Authenticator>,
}

/// Passes on the calls that the policy allows, with the [`Caller`] in the request's extensions, and
/// rejects the others with a status.
#[derive(Clone)]
pub struct Auth<S> {
    inner: S,
    authenticator: Arc<Authenticator>,
}

struct Authenticator {
    verifier: Arc<Verifier>,
    policy: Policy,
}

impl AuthLayer {
    /// A layer that verifies tokens with `verifier` and applies `policy`.
    #[must_use]
    pub fn new(verifier: Arc<Verifier>, policy: Policy) -> Self {
        Self { authenticator: Arc::new(Authenticator { verifier, policy }) }
    }
}

impl<S> Layer<S> for AuthLayer {
    type Service = Auth<S>;

    fn layer(&self, inner: S) -> Auth<S> {
        Auth { inner, authenticator: Arc::clone(&self.authenticator) }
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
        match self.authenticator.authenticate(&mut request) {
            Ok(()) => Either::Left(self.inner.call(request)),
            Err(error) => Either::Right(ready(Ok(Status::from(error).into_http()))),
        }
    }
}

impl Authenticator {
    /// Verifies the token, checks the scope and adds the [`Caller`] to the request.
    fn authenticate<B>(&self, request: &mut Request<B>) -> Result<(), Error> {
        if let Some(token) = request.headers_mut().get_mut(AUTHORIZATION) {
            // Debug output of the request does not contain the token from here on.
            token.set_sensitive(true);
        }
        let access = self.policy.required_access(request.uri().path());
        if access == Access::Public {
            return Ok(());
        }
        let caller = bearer_token(request.headers())
            .and_then(|token| self.verifier.verify(token))
            .inspect_err(|why| audit::log_unauthenticated(request, *why))
            .map_err(Error::Unauthenticated)?;
        if let Access::Scoped(scope) = access
            && !caller.has_scope(scope)
        {
            audit::log_scope_missing(request, &caller, scope);
            return Err(Error::ScopeMissing(scope.as_str()));
        }
        tracing::Span::current().record("user.id", caller.owner().as_str());
        request.extensions_mut().insert::<Arc<Caller>>(caller);
        Ok(())
    }
}

/// The bearer token of the `authorization` header, of which there must be exactly one.
fn bearer_token(headers: &HeaderMap) -> Result<&str, Unauthenticated> {
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
