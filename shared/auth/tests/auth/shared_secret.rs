//! HS256 with a shared secret, for setups without an identity provider.

use secrecy::SecretString;
use serde_json::{Value, json};
use tandem_auth::{KeySource, Scope, TrustEntry, Verifier};
use tandem_error::Unauthenticated::Invalid;

use crate::support::{
    AUDIENCE, ISSUER, claims, forge, manual_clock, pair, signed, trust, verifier, with,
};

const SECRET: &str = "4fJ1kq8ZpV0mWb7xYc3nTd9sRg2uHa6e";

fn keys() -> KeySource {
    KeySource::Hs256Secret(SecretString::from(SECRET))
}

fn unnamed() -> TrustEntry {
    TrustEntry {
        allow_hs256_without_issuer_and_audience: true,
        default_scopes: vec![Scope::Chat],
        ..TrustEntry::new("", "", keys())
    }
}

fn trusting(trust: Vec<TrustEntry>) -> Verifier {
    verifier(trust, &manual_clock())
}

fn hs256(secret: &str, claims: &Value) -> String {
    let key = jsonwebtoken::EncodingKey::from_secret(secret.as_bytes());
    forge(&json!({"alg": "HS256"}), claims, &key, jsonwebtoken::Algorithm::HS256)
}

#[test]
fn only_the_secret_verifies() {
    let verifier = trusting(vec![TrustEntry::new(ISSUER, AUDIENCE, keys())]);
    assert!(verifier.verify(&hs256(SECRET, &claims())).is_ok());
    let other = hs256("another secret that is long enough", &claims());
    assert_eq!(verifier.verify(&other).err(), Some(Invalid("signature")));
    let longer = json!({"alg": "HS512"});
    let key = jsonwebtoken::EncodingKey::from_secret(SECRET.as_bytes());
    let longer = forge(&longer, &claims(), &key, jsonwebtoken::Algorithm::HS512);
    assert_eq!(verifier.verify(&longer).err(), Some(Invalid("algorithm")));
}

#[test]
fn secret_file_may_end_with_newline() {
    let dir = tempfile::TempDir::new().expect("a directory");
    let path = dir.path().join("secret");
    std::fs::write(&path, format!("{SECRET}\n")).expect("a file");
    let keys = KeySource::Hs256SecretFile(path);
    let verifier = trusting(vec![TrustEntry::new(ISSUER, AUDIENCE, keys)]);
    assert!(verifier.verify(&hs256(SECRET, &claims())).is_ok());
}

#[test]
fn issuer_and_audience_are_required() {
    let bare = hs256(SECRET, &with(json!({"iss": null, "aud": null, "scope": null})));
    let strict = trusting(vec![TrustEntry::new(ISSUER, AUDIENCE, keys())]);
    assert_eq!(strict.verify(&bare).err(), Some(Invalid("issuer")));
    let caller = trusting(vec![unnamed()]).verify(&bare).expect("a token of the secret's holder");
    assert!(caller.has_scope(Scope::Chat) && !caller.has_scope(Scope::Tasks));
}

#[test]
fn unnamed_entry_excludes_known_issuers() {
    let pair = pair();
    let verifier = trusting(vec![unnamed(), trust(&pair)]);
    assert!(verifier.verify(&signed(&pair, &claims())).is_ok());
    let posing = hs256(SECRET, &claims());
    assert_eq!(verifier.verify(&posing).err(), Some(Invalid("algorithm")));
    let elsewhere = hs256(SECRET, &with(json!({"iss": "https://better-auth.example"})));
    assert!(verifier.verify(&elsewhere).is_ok());
}

#[test]
fn keys_rotate_with_two_entries() {
    let (old, new) = (pair(), pair());
    let verifier = trusting(vec![trust(&old), trust(&new)]);
    assert!(verifier.verify(&signed(&old, &claims())).is_ok());
    assert!(verifier.verify(&signed(&new, &claims())).is_ok());
    assert_eq!(verifier.verify(&signed(&pair(), &claims())).err(), Some(Invalid("signature")));
}
