//! An issuer of valid and invalid tokens.

use std::time::Duration;

use tandem_auth::{
    Delegation, Grant, KeyPair, KeySource, Owner, Scope, Signer, TrustEntry, generate_ed25519,
};
use tandem_clock::Clock;
use uuid::Uuid;

/// The audience of users' tokens, the same for every service.
pub const AUDIENCE: &str = "tandem";

/// The audience of the tokens that chat signs for its calls to task.
pub const DELEGATED_AUDIENCE: &str = "tandem-task";

/// The `iss` of every [`Issuer`]; issuers differ only in their key.
pub const ISSUER: &str = "https://issuer.test";

/// The lifetime of a token.
const LIFETIME: Duration = Duration::from_secs(30 * 60);

/// `{"alg":"none","typ":"JWT"}` in base64url.
const UNSIGNED_HEADER: &str = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0";

/// An issuer with a fresh Ed25519 key.
pub struct Issuer {
    keys: KeyPair,
    signer: Signer,
}

impl Issuer {
    /// A new issuer. Its tokens are accepted if [`Issuer::trust`] is in the settings.
    #[must_use]
    #[allow(clippy::new_without_default)] // Each has another key, which a default would hide.
    pub fn new() -> Self {
        let keys = generate_ed25519().expect("the system has randomness");
        let signer = Signer::ed25519_from_pem(&keys.private_pem).expect("a fresh key is a key");
        Self { keys, signer }
    }

    /// The trust entry that makes a service accept this issuer's tokens for `audience`.
    #[must_use]
    pub fn trust(&self, audience: &str) -> TrustEntry {
        let key = KeySource::Ed25519PublicKey(self.keys.public_pem.clone());
        TrustEntry::new(ISSUER, audience, key)
    }

    /// A valid token: audience [`AUDIENCE`], scopes chat and tasks, 30 minutes.
    #[must_use]
    pub fn token(&self, sub: &str) -> String {
        sign(&self.signer, &grant(sub))
    }

    /// A token with only these scopes.
    #[must_use]
    pub fn with_scopes(&self, sub: &str, scopes: &[Scope]) -> String {
        sign(&self.signer, &Grant { scopes: scopes.to_vec(), ..grant(sub) })
    }

    /// A token for another audience.
    #[must_use]
    pub fn for_audience(&self, sub: &str, audience: &str) -> String {
        sign(&self.signer, &Grant { audience: audience.to_owned(), ..grant(sub) })
    }

    /// A token that expired half an hour ago.
    #[must_use]
    pub fn expired(&self, sub: &str) -> String {
        self.signed_before(2 * LIFETIME, sub)
    }

    /// An expired token that is within the verifier's leeway of 30 s for about 3 s more.
    #[must_use]
    pub fn about_to_expire(&self, sub: &str) -> String {
        self.signed_before(LIFETIME + Duration::from_secs(27), sub)
    }

    fn signed_before(&self, age: Duration, sub: &str) -> String {
        let then = Clock::fixed(Clock::system().now() - age);
        let signer = Signer::ed25519_from_pem(&self.keys.private_pem).expect("a key");
        sign(&signer.with_clock(then), &grant(sub))
    }

    /// A token without a signature (`alg: none`).
    #[must_use]
    pub fn unsigned(&self, sub: &str) -> String {
        let token = self.token(sub);
        let claims = token.split('.').nth(1).expect("a token has three parts");
        format!("{UNSIGNED_HEADER}.{claims}.")
    }

    /// A token like those that the chat service signs for its calls to task, with the `iss` of `issuer` but
    /// signed with this issuer's key.
    #[must_use]
    pub fn delegated(&self, issuer: &str, sub: &str) -> String {
        let owner = Owner::from_row(sub.to_owned());
        let (audience, turn_id) = (DELEGATED_AUDIENCE, Uuid::now_v7());
        let delegation = Delegation { issuer, audience, owner: &owner, turn_id };
        self.signer.sign_delegated(&delegation).expect("a good key signs")
    }

    /// A token signed with the public key as an HS256 secret.
    #[must_use]
    pub fn hs256_confused(&self, sub: &str) -> String {
        sign(&Signer::hs256(&self.keys.public_pem), &grant(sub))
    }
}

fn grant(sub: &str) -> Grant {
    Grant {
        issuer: ISSUER.to_owned(),
        audience: AUDIENCE.to_owned(),
        subject: sub.to_owned(),
        scopes: vec![Scope::Chat, Scope::Tasks],
        lifetime: LIFETIME,
    }
}

fn sign(signer: &Signer, grant: &Grant) -> String {
    signer.sign(grant).expect("a good key signs")
}
