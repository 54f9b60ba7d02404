//! Trust entries ready for use: which one a token is for, and what its claims must say.

mod resolve;

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
    pub(crate) now: u64,
    pub(crate) leeway: u64,
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
        let Seconds(issued) = claims.iat?;
        let Seconds(expires) = claims.exp?;
        let actor = claims.act.as_ref()?.get("sub")?.as_str()?;
        let kept = actor == self.issuer
            && issued <= at.now.saturating_add(at.leeway)
            && expires.checked_sub(issued)? <= DELEGATED_SECONDS
            && claims.scope.as_deref()? == Scope::Tasks.as_str();
        Uuid::parse_str(claims.turn.as_ref()?.as_str()?).ok().filter(|_| kept)
    }
}

/// When a token that is valid now expires.
fn lifetime(claims: &Claims, at: Moment) -> Result<u64, Unauthenticated> {
    let Seconds(expires) = claims.exp.ok_or(Unauthenticated::Invalid("expiry"))?;
    if at.expired(expires) {
        return Err(Unauthenticated::Expired);
    }
    if claims.nbf.is_some_and(|Seconds(from)| from > at.now.saturating_add(at.leeway)) {
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
    /// Whether what expires at `time` is past its leeway too.
    pub(crate) fn expired(self, time: u64) -> bool {
        self.now >= time.saturating_add(self.leeway)
    }
}
