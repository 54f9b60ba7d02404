//! Trust entries ready for use: which one a token is for, and what its claims must say.

mod resolve;

use std::time::Duration;

use tandem_clock::Timestamp;
use tandem_error::Unauthenticated;
use uuid::Uuid;

use crate::caller::{Caller, Owner};
use crate::keys::Key;
use crate::scope::{Scope, Scopes};
use crate::settings::TrustEntry;
use crate::sign::DELEGATED_SECONDS;
use crate::token::{Claims, Kind, Seconds, Token};

pub(crate) use resolve::resolve;

/// The longest `sub`, in characters: what the user's id columns hold.
const LONGEST_SUBJECT: usize = 255;

/// A trust entry with its keys loaded.
pub(crate) struct Trusted {
    issuer: String,
    audience: String,
    delegated: bool,
    default_scopes: Scopes,
    keys: Vec<Key>,
}

/// The moment of a check, and how far clocks may differ.
#[derive(Clone, Copy)]
pub(crate) struct Moment {
    now: Timestamp,
    leeway: Duration,
}

/// The entry that a token is for, chosen by issuer, audience and key, and proven by the signature.
pub(crate) fn prove<'a>(all: &'a [Trusted], token: &Token<'_>) -> Result<&'a Trusted, Kind> {
    let issuer = token.claims.iss.as_deref().unwrap_or_default();
    // An entry without an issuer gets only tokens whose issuer nobody else answers for.
    let issuer = if all.iter().any(|entry| entry.issuer == issuer) { issuer } else { "" };
    let mut refusal = "issuer";
    for entry in all.iter().filter(|entry| entry.issuer == issuer) {
        match entry.signed(token) {
            Ok(()) => return Ok(entry),
            Err(kind) => refusal = kind,
        }
    }
    Err(refusal)
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

    fn signed(&self, token: &Token<'_>) -> Result<(), Kind> {
        if !self.audience.is_empty() && !token.claims.aud.contains(&self.audience) {
            return Err("audience");
        }
        let mut refusal = "key";
        let id = token.header.kid.as_deref();
        for key in self.keys.iter().filter(|key| key.answers_to(id)) {
            match key.verify(token) {
                Ok(()) => return Ok(()),
                Err(kind) => refusal = kind,
            }
        }
        Err(refusal)
    }

    /// The caller that the claims of a proven token make.
    pub(crate) fn caller(&self, claims: Claims, at: Moment) -> Result<Caller, Unauthenticated> {
        let expires_at = lifetime(&claims, at)?;
        let owner = Owner::new(subject(&claims).map_err(Unauthenticated::Invalid)?);
        let turn_id = match self.delegated {
            true => Some(self.turn(&claims, at).ok_or(Unauthenticated::Invalid("delegation"))?),
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

    /// The turn of a delegated token that keeps all the rules for one.
    fn turn(&self, claims: &Claims, at: Moment) -> Option<Uuid> {
        let (issued, expires) = (claims.iat?, claims.exp?);
        let actor = claims.act.as_ref()?.get("sub")?.as_str()?;
        let kept = actor == self.issuer
            && !at.is_before(issued)
            && expires.0.checked_sub(issued.0)? <= DELEGATED_SECONDS
            && claims.scope.as_deref()? == Scope::Tasks.as_str();
        Uuid::parse_str(claims.turn.as_ref()?.as_str()?).ok().filter(|_| kept)
    }
}

/// When a token that is valid now expires.
fn lifetime(claims: &Claims, at: Moment) -> Result<Timestamp, Unauthenticated> {
    let expires = claims.exp.ok_or(Unauthenticated::Invalid("expiry"))?.time();
    if at.expired(expires) {
        return Err(Unauthenticated::Expired);
    }
    if claims.nbf.is_some_and(|from| at.is_before(from)) {
        return Err(Unauthenticated::Invalid("not_yet_valid"));
    }
    Ok(expires)
}

fn subject(claims: &Claims) -> Result<&str, Kind> {
    let subject = claims.sub.as_deref().ok_or("subject")?;
    let usable = !subject.is_empty()
        && subject.chars().count() <= LONGEST_SUBJECT
        && !subject.contains(char::is_control);
    if usable { Ok(subject) } else { Err("subject") }
}

impl Moment {
    /// A check at `now`. A clock before 1970 is broken; the far future expires every token, so that the
    /// check fails closed.
    pub(crate) fn new(now: Timestamp, leeway: Duration) -> Self {
        Self { now: if now < Timestamp::UNIX_EPOCH { Timestamp::MAX } else { now }, leeway }
    }

    /// Whether an expiry is past, with its leeway.
    pub(crate) fn expired(self, time: Timestamp) -> bool {
        self.now >= time + self.leeway
    }

    /// Whether a time is still to come, with the leeway.
    fn is_before(self, time: Seconds) -> bool {
        time.time() > self.now + self.leeway
    }
}
