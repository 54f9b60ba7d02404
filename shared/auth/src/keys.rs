//! Verification keys, each for one algorithm.

mod jwks;

use std::fs;
use std::path::Path;

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ED25519, ParsedPublicKey};
use jsonwebtoken::DecodingKey;
use secrecy::ExposeSecret as _;

use crate::settings::{Algorithm, KeySource, secrets};
use crate::token::{RejectionKind, Token};

/// A key and its only algorithm.
pub(crate) struct Key {
    pub(crate) algorithm: Algorithm,
    id: Option<String>,
    decoding: DecodingKey,
}

impl Key {
    fn new(algorithm: Algorithm, decoding: DecodingKey) -> Self {
        Self { algorithm, id: None, decoding }
    }

    /// Whether a token with the key id `id` may be signed with this key.
    pub(crate) fn matches_id(&self, id: Option<&str>) -> bool {
        match (&self.id, id) {
            (Some(own), Some(named)) => own == named,
            _ => true,
        }
    }

    /// Checks the signature with the key's own algorithm; a token that names another one is rejected.
    pub(crate) fn verify(&self, token: &Token<'_>) -> Result<(), RejectionKind> {
        if token.header.alg.as_deref() != Some(self.algorithm.as_str()) {
            return Err("algorithm");
        }
        let message = token.message.as_bytes();
        let algorithm = self.algorithm.into();
        match jsonwebtoken::crypto::verify(token.signature, message, &self.decoding, algorithm) {
            Ok(true) => Ok(()),
            Ok(false) | Err(_) => Err("signature"),
        }
    }

    /// Whether the bytes are a key, so that a broken key fails at startup.
    fn is_parseable(&self) -> bool {
        let bytes = self.decoding.try_get_as_bytes().unwrap_or_default();
        match self.algorithm {
            Algorithm::EdDsa => ParsedPublicKey::new(&ED25519, bytes).is_ok(),
            Algorithm::Es256 => ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, bytes).is_ok(),
            // RSA keys are only parsed with the first signature; any bytes are an HMAC key.
            Algorithm::Rs256 | Algorithm::Hs256 => true,
        }
    }
}

/// Loads the keys of a trust entry.
///
/// # Errors
///
/// The violation, as `setting: description`.
pub(crate) fn load_keys(source: &KeySource) -> Result<Vec<Key>, String> {
    let keys = match source {
        KeySource::Hs256Secret(secret) => hs256_key(secret.expose_secret()).map(|key| vec![key]),
        KeySource::Hs256SecretFile(path) => {
            read_file(path).and_then(|secret| hs256_key(secret.trim_end())).map(|key| vec![key])
        }
        KeySource::Ed25519PublicKey(pem) => ed25519_key(pem).map(|key| vec![key]),
        KeySource::Ed25519PublicKeyFile(path) => {
            read_file(path).and_then(|pem| ed25519_key(&pem)).map(|key| vec![key])
        }
        KeySource::JwksFile(path) => read_file(path).and_then(|json| jwks::parse_jwks(&json)),
    };
    keys.map_err(|error| format!("{}: {error}", source.name()))
}

fn read_file(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("cannot read {}: {error}", path.display()))
}

fn hs256_key(secret: &str) -> Result<Key, String> {
    match secrets::find_weakness(secret) {
        Some(weakness) => Err(weakness.to_owned()),
        None => Ok(Key::new(Algorithm::Hs256, DecodingKey::from_secret(secret.as_bytes()))),
    }
}

fn ed25519_key(pem: &str) -> Result<Key, String> {
    let decoding = DecodingKey::from_ed_pem(pem.as_bytes()).ok();
    let key =
        decoding.map(|decoding| Key::new(Algorithm::EdDsa, decoding)).filter(Key::is_parseable);
    key.ok_or_else(|| "must be an Ed25519 public key in PEM (BEGIN PUBLIC KEY)".to_owned())
}
