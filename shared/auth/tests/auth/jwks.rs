//! Keys from a JWK set: chosen by `kid`, each with its own algorithm.

use std::path::PathBuf;

use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};
use tandem_auth::{Algorithm as Allowed, KeySource, Settings, TrustEntry, Verifier};
use tandem_config::ValidateConfig as _;
use tandem_error::Unauthenticated::Invalid;
use tempfile::TempDir;

use crate::support::{AUDIENCE, ISSUER, claims, forge, manual_clock, pair, private, verifier};

/// A key with the name it has in the set.
struct Named {
    id: &'static str,
    key: EncodingKey,
    algorithm: Algorithm,
}

fn ed25519(id: &'static str) -> Named {
    Named { id, key: private(&pair()), algorithm: Algorithm::EdDSA }
}

fn es256(id: &'static str) -> Named {
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key");
    let pkcs8 = pair.to_pkcs8v1().expect("a document");
    Named { id, key: EncodingKey::from_ec_der(pkcs8.as_ref()), algorithm: Algorithm::ES256 }
}

fn rs256(id: &'static str) -> Named {
    let pair = RsaKeyPair::generate(KeySize::Rsa2048).expect("a key");
    let pkcs8: aws_lc_rs::encoding::Pkcs8V1Der<'_> = pair.as_der().expect("a document");
    let pem = pem::encode(&pem::Pem::new("PRIVATE KEY", pkcs8.as_ref()));
    Named {
        id,
        key: EncodingKey::from_rsa_pem(pem.as_bytes()).expect("a key"),
        algorithm: Algorithm::RS256,
    }
}

impl Named {
    /// The public half, with more or other members.
    fn jwk(&self, changes: &Value) -> Value {
        let jwk = Jwk::from_encoding_key(&self.key, self.algorithm).expect("a JWK");
        let mut jwk = serde_json::to_value(jwk).expect("JSON");
        let map = jwk.as_object_mut().expect("a JWK is an object");
        map.insert("kid".to_owned(), json!(self.id));
        map.extend(changes.as_object().expect("changes are an object").clone());
        map.retain(|_, value| !value.is_null());
        jwk
    }

    fn token(&self, kid: Option<&str>) -> String {
        let name = format!("{:?}", self.algorithm);
        let header = match kid {
            Some(kid) => json!({"alg": name, "kid": kid}),
            None => json!({"alg": name}),
        };
        forge(&header, &claims(), &self.key, self.algorithm)
    }
}

fn file(dir: &TempDir, keys: &[Value]) -> PathBuf {
    let path = dir.path().join("jwks.json");
    std::fs::write(&path, json!({"keys": keys}).to_string()).expect("a file");
    path
}

fn entry(dir: &TempDir, keys: &[Value]) -> TrustEntry {
    TrustEntry::new(ISSUER, AUDIENCE, KeySource::JwksFile(file(dir, keys)))
}

fn trusting(keys: &[Value]) -> Verifier {
    let dir = TempDir::new().expect("a directory");
    verifier(vec![entry(&dir, keys)], &manual_clock())
}

#[test]
fn kid_selects_the_key() {
    let (a, b) = (ed25519("a"), ed25519("b"));
    let verifier = trusting(&[a.jwk(&json!({})), b.jwk(&json!({}))]);
    assert!(verifier.verify(&a.token(Some("a"))).is_ok());
    assert!(verifier.verify(&b.token(Some("b"))).is_ok());
    assert!(verifier.verify(&b.token(None)).is_ok(), "any of them if none is named");
    assert_eq!(verifier.verify(&a.token(Some("b"))).err(), Some(Invalid("signature")));
    assert_eq!(verifier.verify(&a.token(Some("c"))).err(), Some(Invalid("key")));
}

#[test]
fn each_key_verifies_only_its_algorithm() {
    let keys = [ed25519("ed"), es256("ec"), rs256("rsa")];
    let set: Vec<Value> = keys.iter().map(|key| key.jwk(&json!({"alg": null}))).collect();
    let verifier = trusting(&set);
    for key in &keys {
        assert!(verifier.verify(&key.token(Some(key.id))).is_ok(), "{}", key.id);
        let other = keys.iter().find(|other| other.id != key.id).expect("another key");
        let crossed = key.token(Some(other.id));
        assert_eq!(verifier.verify(&crossed).err(), Some(Invalid("algorithm")), "{}", key.id);
    }
}

#[test]
fn keys_for_other_purposes_are_skipped() {
    let good = ed25519("good");
    for changes in [json!({"use": "enc"}), json!({"alg": "ES256"}), json!({"key_ops": ["sign"]})] {
        let other = ed25519("other");
        let verifier = trusting(&[good.jwk(&json!({"use": "sig"})), other.jwk(&changes)]);
        assert!(verifier.verify(&good.token(Some("good"))).is_ok());
        let refused = verifier.verify(&other.token(Some("other"))).err();
        assert_eq!(refused, Some(Invalid("key")), "{changes}");
    }
}

#[test]
fn shared_secrets_in_a_set_are_skipped() {
    let secret = b"0123456789abcdefghijklmnopqrstuv";
    let hmac =
        Named { id: "oct", key: EncodingKey::from_secret(secret), algorithm: Algorithm::HS256 };
    let verifier = trusting(&[ed25519("a").jwk(&json!({})), hmac.jwk(&json!({}))]);
    assert_eq!(verifier.verify(&hmac.token(Some("oct"))).err(), Some(Invalid("key")));
}

#[test]
fn entry_restricts_algorithms() {
    let (ed, ec, dir) = (ed25519("ed"), es256("ec"), TempDir::new().expect("a directory"));
    let mut entry = entry(&dir, &[ed.jwk(&json!({})), ec.jwk(&json!({}))]);
    entry.algorithms = vec![Allowed::EdDsa];
    let verifier = verifier(vec![entry], &manual_clock());
    assert!(verifier.verify(&ed.token(Some("ed"))).is_ok());
    assert_eq!(verifier.verify(&ec.token(Some("ec"))).err(), Some(Invalid("key")));
}

#[test]
fn set_without_usable_key_is_invalid() {
    let dir = TempDir::new().expect("a directory");
    let unusable = [
        ed25519("a").jwk(&json!({"use": "enc"})),
        ed25519("b").jwk(&json!({"x": "AAAA"})),
        json!({"kty": "OKP", "crv": "X25519", "x": "AAAA"}),
        json!({"kty": "new", "kid": "c"}),
    ];
    let settings = Settings { trust: vec![entry(&dir, &unusable)], ..Settings::default() };
    let faults = settings.validate();
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert!(faults[0].starts_with("trust.0.keys.jwks_file: holds no key"), "{faults:?}");
}
