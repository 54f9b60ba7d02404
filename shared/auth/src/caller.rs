//! The caller of a request, from a verified token.

use std::sync::Arc;

use tandem_clock::Timestamp;
use tandem_error::{Error, Unauthenticated};
use uuid::Uuid;

use crate::Scope;
use crate::scope::Scopes;

/// The user whose rows a query may touch: the `sub` of a verified token, 1–255 characters.
///
/// Every store function takes one. It comes from [`Caller::owner`], so a query cannot be made for a user
/// who did not call.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Owner(Arc<str>);

impl Owner {
    pub(crate) fn new(subject: &str) -> Self {
        Self(Arc::from(subject))
    }

    /// The owner of a stored row.
    ///
    /// Only for store code that continues work which a caller has started, such as the takeover of a turn
    /// after a crash. Never for a value from a request.
    #[must_use]
    pub fn from_row(user_id: String) -> Self {
        Self(Arc::from(user_id))
    }

    /// The user's id: the `sub` of the token.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A caller with a verified token. Only the [`Verifier`](crate::Verifier) constructs one.
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
    /// [`Error::Unauthenticated`] if there is none, as on a public method.
    pub fn from_request<T>(request: &tonic::Request<T>) -> Result<&Self, Error> {
        let caller = request.extensions().get::<Arc<Self>>();
        caller.map(Arc::as_ref).ok_or(Error::Unauthenticated(Unauthenticated::Missing))
    }

    /// The user whose rows the call may read and write.
    #[must_use]
    pub fn owner(&self) -> &Owner {
        &self.owner
    }

    /// Whether the token grants `scope`.
    #[must_use]
    pub fn has_scope(&self, scope: Scope) -> bool {
        self.scopes.contains(scope)
    }

    /// The service that calls on the user's behalf, if any.
    #[must_use]
    pub fn actor(&self) -> Option<&str> {
        self.actor.as_deref()
    }

    /// The turn of a delegated call.
    #[must_use]
    pub fn turn_id(&self) -> Option<Uuid> {
        self.turn_id
    }

    /// The id of the token (`jti`), if it has one.
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
