//! Trust entries with loaded keys: selecting the entry of a token and checking its claims.

mod resolve;

use std::time::Duration;

use tandem_clock::Timestamp;
use tandem_error::Unauthenticated;
use uuid::Uuid;

use crate::caller::{Caller, Owner};
use crate::keys::Key;
use crate::scope::{Scope, Scopes};
use crate::settings::TrustEntry;
use crate::sign::DELEGATED_LIFETIME_SECONDS;
use crate::token::{Claims, RejectionKind, Seconds, Token};

pub(crate) use resolve::resolve;

/// The longest `sub`, in characters.
const MAX_SUBJECT_CHARS: usize = 255;

/// A trust entry with its keys loaded.
pub(crate) struct Trusted {
    issuer: String,
    audience: String,
    delegated: bool,
    default_scopes: Scopes,
    keys: Vec<Key>,
}

/// The time of a verification and the clock leeway.
#[derive(Clone, Copy)]
pub(crate) struct Moment {
    now: Timestamp,
    leeway: Duration,
}

/// The entry of a token: its issuer, audience and key id match and its key verifies the signature.
pub(crate) fn verify_signature<'a>(
    all: &'a [Trusted],
    token: &Token<'_>,
) -> Result<&'a Trusted, RejectionKind> {
    let issuer = token.claims.iss.as_deref().unwrap_or_default();
    // Entries without an issuer apply only to issuers without an entry of their own.
    let issuer = if all.iter().any(|entry| entry.issuer == issuer) { issuer } else { "" };
    let mut rejection = "issuer";
    for entry in all.iter().filter(|entry| entry.issuer == issuer) {
        match entry.check_signature(token) {
            Ok(()) => return Ok(entry),
            Err(kind) => rejection = kind,
        }
    }
    Err(rejection)
}

impl Trusted {
    fn new(entry: &TrustEntry, keys: Vec<Key>) -> Self {
        Self {
            issuer: entry.issuer.clone(),
            audience: entry.audience.clone(),
            delegated: entry.delegated,
            default_scopes: entry.default_scopes.iter().copied().collect(),
            keys,
        }
    }

    fn check_signature(&self, token: &Token<'_>) -> Result<(), RejectionKind> {
        if !self.audience.is_empty() && !token.claims.aud.contains(&self.audience) {
            return Err("audience");
        }
        let mut rejection = "key";
        let id = token.header.kid.as_deref();
        for key in self.keys.iter().filter(|key| key.matches_id(id)) {
            match key.verify(token) {
                Ok(()) => return Ok(()),
                Err(kind) => rejection = kind,
            }
        }
        Err(rejection)
    }

    /// Checks the claims of a token with a verified signature.
    pub(crate) fn to_caller(&self, claims: Claims, at: Moment) -> Result<Caller, Unauthenticated> {
        let expires_at = check_lifetime(&claims, at)?;
        let owner = Owner::new(check_subject(&claims).map_err(Unauthenticated::Invalid)?);
        let turn_id = match self.delegated {
            true => {
                Some(self.delegated_turn(&claims).ok_or(Unauthenticated::Invalid("delegation"))?)
            }
            false => None,
        };
        Ok(Caller {
            owner,
            scopes: claims.scope.as_deref().map_or(self.default_scopes, Scopes::from_claim),
            actor: self.delegated.then(|| self.issuer.clone()),
            turn_id,
            token_id: claims.jti,
            expires_at,
        })
    }

    /// The turn of a delegated token; `None` if the token breaks a rule for delegated tokens.
    fn delegated_turn(&self, claims: &Claims) -> Option<Uuid> {
        let (issued, expires) = (claims.iat?, claims.exp?);
        let actor = claims.act.as_ref()?.get("sub")?.as_str()?;
        let is_allowed = actor == self.issuer
            && expires.0.checked_sub(issued.0)? <= DELEGATED_LIFETIME_SECONDS
            && claims.scope.as_deref()? == Scope::Tasks.as_str();
        Uuid::parse_str(claims.turn.as_ref()?.as_str()?).ok().filter(|_| is_allowed)
    }
}

/// Checks that the token is valid now. Returns its expiry.
fn check_lifetime(claims: &Claims, at: Moment) -> Result<Timestamp, Unauthenticated> {
    let expires = claims.exp.ok_or(Unauthenticated::Invalid("expiry"))?.time();
    if at.is_expired(expires) {
        return Err(Unauthenticated::Expired);
    }
    // A token issued in the future is a forgery or a broken clock.
    if [claims.nbf, claims.iat].into_iter().flatten().any(|from| at.is_before(from)) {
        return Err(Unauthenticated::Invalid("not_yet_valid"));
    }
    Ok(expires)
}

fn check_subject(claims: &Claims) -> Result<&str, RejectionKind> {
    let subject = claims.sub.as_deref().ok_or("subject")?;
    let is_valid = !subject.is_empty()
        && subject.chars().count() <= MAX_SUBJECT_CHARS
        && !subject.contains(char::is_control);
    if is_valid { Ok(subject) } else { Err("subject") }
}

impl Moment {
    /// A verification at `now`. A clock before 1970 is broken. The maximum expires every token: it fails
    /// closed.
    pub(crate) fn new(now: Timestamp, leeway: Duration) -> Self {
        Self { now: if now < Timestamp::UNIX_EPOCH { Timestamp::MAX } else { now }, leeway }
    }

    /// Whether the expiry `time` and the leeway after it have passed.
    pub(crate) fn is_expired(self, time: Timestamp) -> bool {
        self.now >= time + self.leeway
    }

    /// Whether `time` is in the future by more than the leeway.
    fn is_before(self, time: Seconds) -> bool {
        time.time() > self.now + self.leeway
    }
}
