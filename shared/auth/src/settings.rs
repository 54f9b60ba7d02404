//! Whose tokens count: the section `auth` of every service's settings.

pub(crate) mod secrets;

use std::path::PathBuf;

use schemars::JsonSchema;
use secrecy::SecretString;
use serde::{Deserialize, Serialize, Serializer};
use tandem_config::{HumanDuration, ValidateConfig};

use crate::Scope;
use crate::trust::resolve;

/// Authentication.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The issuers whose tokens are accepted. At least one entry.
    pub trust: Vec<TrustEntry>,
    /// The accepted difference between the clocks of issuer and service, at most 5m.
    pub leeway: HumanDuration,
    /// How many verified tokens are remembered until they expire, a few hundred bytes each; 0 turns
    /// the cache off.
    pub cache_entries: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { trust: Vec::new(), leeway: HumanDuration::from_secs(30), cache_entries: 10_000 }
    }
}

impl ValidateConfig for Settings {
    fn validate(&self) -> Vec<String> {
        // All fields by name: a new one does not compile until its rules are considered here.
        let Self { trust: _, leeway: _, cache_entries: _ } = self;
        resolve(self).err().unwrap_or_default()
    }
}

/// An issuer whose tokens are accepted, what for, and the keys that prove them.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TrustEntry {
    /// The `iss` of its tokens. Required.
    #[serde(default)]
    pub issuer: String,
    /// The `aud` that its tokens must name. Required.
    #[serde(default)]
    pub audience: String,
    /// The keys that verify its tokens. Required.
    pub keys: KeySource,
    /// The algorithms its keys may be used with. Default: those that the keys are for.
    #[serde(default)]
    pub algorithms: Vec<Algorithm>,
    /// Whether its tokens are minted by a service on a user's behalf: those must name the service
    /// (`act.sub`, the issuer) and the turn, live 60 s at most, and carry exactly the scope `tasks`.
    /// Default: false.
    #[serde(default)]
    pub delegated: bool,
    /// What a token without a `scope` claim may be used for. Default: nothing.
    #[serde(default)]
    pub default_scopes: Vec<Scope>,
    /// Accepts tokens that name no issuer or no audience, where the setting for it is empty, because
    /// a secret shared with nobody else stands for both. Default: false.
    #[serde(default)]
    pub allow_hs256_without_issuer_and_audience: bool,
}

impl TrustEntry {
    /// An entry for users' tokens, with the defaults for everything else.
    pub fn new(issuer: impl Into<String>, audience: impl Into<String>, keys: KeySource) -> Self {
        Self {
            issuer: issuer.into(),
            audience: audience.into(),
            keys,
            algorithms: Vec::new(),
            delegated: false,
            default_scopes: Vec::new(),
            allow_hs256_without_issuer_and_audience: false,
        }
    }
}

/// Where the keys of an entry come from, by the name of the setting.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum KeySource {
    /// A shared HS256 secret, at least 32 bytes. Never shown.
    #[serde(serialize_with = "hidden")]
    Hs256Secret(#[schemars(with = "String")] SecretString),
    /// A file that holds such a secret; white space at its end does not count.
    Hs256SecretFile(PathBuf),
    /// An Ed25519 public key, as PEM.
    Ed25519PublicKey(String),
    /// A file that holds such a key.
    Ed25519PublicKeyFile(PathBuf),
    /// A file that holds a JWK set with Ed25519, P-256 or RSA keys.
    JwksFile(PathBuf),
}

impl KeySource {
    /// The name of the setting.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Hs256Secret(_) => "hs256_secret",
            Self::Hs256SecretFile(_) => "hs256_secret_file",
            Self::Ed25519PublicKey(_) => "ed25519_public_key",
            Self::Ed25519PublicKeyFile(_) => "ed25519_public_key_file",
            Self::JwksFile(_) => "jwks_file",
        }
    }
}

/// An algorithm that tokens may be signed with, by its JOSE name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Algorithm {
    /// HMAC with SHA-256.
    #[serde(rename = "HS256")]
    Hs256,
    /// Ed25519.
    #[serde(rename = "EdDSA")]
    EdDsa,
    /// ECDSA on P-256 with SHA-256.
    #[serde(rename = "ES256")]
    Es256,
    /// RSA PKCS #1 v1.5 with SHA-256.
    #[serde(rename = "RS256")]
    Rs256,
}

impl Algorithm {
    /// The JOSE name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hs256 => "HS256",
            Self::EdDsa => "EdDSA",
            Self::Es256 => "ES256",
            Self::Rs256 => "RS256",
        }
    }
}

impl From<Algorithm> for jsonwebtoken::Algorithm {
    fn from(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::Hs256 => Self::HS256,
            Algorithm::EdDsa => Self::EdDSA,
            Algorithm::Es256 => Self::ES256,
            Algorithm::Rs256 => Self::RS256,
        }
    }
}

fn hidden<S: Serializer>(_: &SecretString, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str("***")
}
