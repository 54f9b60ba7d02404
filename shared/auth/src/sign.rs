//! Signing tokens: for users if Tandem is the issuer, and delegated tokens for calls on their behalf.

use std::time::Duration;

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::Serialize;
use tandem_clock::Clock;
use tandem_error::Error;
use uuid::Uuid;

use crate::caller::Owner;
use crate::scope::Scope;

/// The lifetime of a delegated token, in seconds.
pub(crate) const DELEGATED_LIFETIME_SECONDS: u64 = 60;

/// Signs tokens with one key.
pub struct Signer {
    key: EncodingKey,
    algorithm: Algorithm,
    clock: Clock,
}

/// A token for a user.
#[derive(Debug, Clone)]
pub struct Grant {
    /// The `iss` claim.
    pub issuer: String,
    /// The `aud` claim.
    pub audience: String,
    /// `sub`: the user's id.
    pub subject: String,
    /// The permissions of the token.
    pub scopes: Vec<Scope>,
    /// Validity, from the time of signing.
    pub lifetime: Duration,
}

/// A token for a call by a service on a user's behalf, for one turn.
#[derive(Debug, Clone, Copy)]
pub struct Delegation<'a> {
    /// `iss` and `act.sub`: the service that calls.
    pub issuer: &'a str,
    /// `aud`: the service that is called.
    pub audience: &'a str,
    /// `sub`: the user.
    pub owner: &'a Owner,
    /// The `turn` claim: the turn that the call belongs to.
    pub turn_id: Uuid,
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    aud: &'a str,
    sub: &'a str,
    iat: u64,
    nbf: u64,
    exp: u64,
    jti: Uuid,
    scope: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    act: Option<Actor<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    turn: Option<Uuid>,
}

#[derive(Serialize)]
struct Actor<'a> {
    sub: &'a str,
}

impl Signer {
    /// A signer with an Ed25519 private key (PKCS #8 in PEM, the format of
    /// `openssl genpkey -algorithm ed25519`).
    ///
    /// # Errors
    ///
    /// [`Error::Internal`] if it is not such a key.
    pub fn ed25519_from_pem(pem: &str) -> Result<Self, Error> {
        let key = EncodingKey::from_ed_pem(pem.as_bytes()).map_err(Error::internal)?;
        // Only signing parses the key.
        jsonwebtoken::crypto::sign(b"", &key, Algorithm::EdDSA).map_err(Error::internal)?;
        Ok(Self { key, algorithm: Algorithm::EdDSA, clock: Clock::system() })
    }

    /// A signer with a shared HS256 secret.
    #[must_use]
    pub fn hs256(secret: impl AsRef<[u8]>) -> Self {
        let key = EncodingKey::from_secret(secret.as_ref());
        Self { key, algorithm: Algorithm::HS256, clock: Clock::system() }
    }

    /// Replaces the clock.
    #[must_use]
    pub fn with_clock(self, clock: Clock) -> Self {
        Self { clock, ..self }
    }

    /// Signs a token for a user, valid from now on, with a unique id.
    ///
    /// # Errors
    ///
    /// [`Error::Internal`] if signing fails.
    pub fn sign(&self, grant: &Grant) -> Result<String, Error> {
        let names = grant.scopes.iter().map(|scope| scope.as_str());
        self.encode(&Claims {
            iss: &grant.issuer,
            aud: &grant.audience,
            sub: &grant.subject,
            scope: names.collect::<Vec<_>>().join(" "),
            ..self.base_claims(grant.lifetime.as_secs())
        })
    }

    /// Signs a token for one call on a user's behalf: scope `tasks`, 60 s.
    ///
    /// # Errors
    ///
    /// [`Error::Internal`] if signing fails.
    pub fn sign_delegated(&self, delegation: &Delegation<'_>) -> Result<String, Error> {
        self.encode(&Claims {
            iss: delegation.issuer,
            aud: delegation.audience,
            sub: delegation.owner.as_str(),
            scope: Scope::Tasks.as_str().to_owned(),
            act: Some(Actor { sub: delegation.issuer }),
            turn: Some(delegation.turn_id),
            ..self.base_claims(DELEGATED_LIFETIME_SECONDS)
        })
    }

    /// Times and id of a token; issuer, audience and subject are empty.
    fn base_claims<'a>(&self, seconds: u64) -> Claims<'a> {
        let now = u64::try_from(self.clock.now().as_secs()).unwrap_or(u64::MAX);
        Claims {
            iss: "",
            aud: "",
            sub: "",
            iat: now,
            nbf: now,
            exp: now.saturating_add(seconds),
            jti: Uuid::now_v7(),
            scope: String::new(),
            act: None,
            turn: None,
        }
    }

    fn encode(&self, claims: &Claims<'_>) -> Result<String, Error> {
        jsonwebtoken::encode(&Header::new(self.algorithm), claims, &self.key)
            .map_err(Error::internal)
    }
}
