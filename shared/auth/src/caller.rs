//! Who is calling, as proven by a verified token.

use std::sync::Arc;

use tandem_clock::Timestamp;
use tandem_error::{Error, Unauthenticated};
use uuid::Uuid;

use crate::Scope;
use crate::scope::Scopes;

/// The user whose rows a query may touch: the `sub` of a verified token, 1–255 characters.
///
/// Every store function takes one. It comes from [`Caller::owner`], so that a query cannot be made
/// for a user who did not call.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Owner(Arc<str>);

impl Owner {
    pub(crate) fn new(subject: &str) -> Self {
        Self(Arc::from(subject))
    }

    /// The owner of a row that the service itself read.
    ///
    /// Only for store code that goes on with work that a caller once started, such as the takeover of
    /// a turn whose process died. Never for a value that came with a request.
    #[must_use]
    pub fn from_row(user_id: String) -> Self {
        Self(Arc::from(user_id))
    }

    /// The user's id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A caller whose token was verified. Only the [`Verifier`](crate::Verifier) makes one.
#[derive(Debug, Clone)]
pub struct Caller {
    pub(crate) owner: Owner,
    pub(crate) scopes: Scopes,
    pub(crate) actor: Option<String>,
    pub(crate) turn_id: Option<Uuid>,
    pub(crate) token_id: Option<String>,
    pub(crate) expires_at: Timestamp,
}

impl Caller {
    /// The caller of a request that passed the [`AuthLayer`](crate::AuthLayer).
    ///
    /// # Errors
    ///
    /// Unauthenticated where there is none, as on a public method.
    pub fn of<T>(request: &tonic::Request<T>) -> Result<&Self, Error> {
        let caller = request.extensions().get::<Arc<Self>>();
        caller.map(Arc::as_ref).ok_or(Error::Unauthenticated(Unauthenticated::Missing))
    }

    /// Whose rows the call may touch.
    #[must_use]
    pub fn owner(&self) -> &Owner {
        &self.owner
    }

    /// Whether the token may be used for `scope`.
    #[must_use]
    pub fn has(&self, scope: Scope) -> bool {
        self.scopes.contains(scope)
    }

    /// The service that calls on the user's behalf, if it is not the user.
    #[must_use]
    pub fn actor(&self) -> Option<&str> {
        self.actor.as_deref()
    }

    /// The turn that the call is made for, where a service calls on the user's behalf.
    #[must_use]
    pub fn turn_id(&self) -> Option<Uuid> {
        self.turn_id
    }

    /// The token's own id (`jti`), if its issuer gave it one.
    #[must_use]
    pub fn token_id(&self) -> Option<&str> {
        self.token_id.as_deref()
    }

    /// The expiry of the token.
    #[must_use]
    pub fn expires_at(&self) -> Timestamp {
        self.expires_at
    }
}
