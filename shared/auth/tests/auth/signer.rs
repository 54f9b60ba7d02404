//! Tokens that Tandem signs itself.

use std::time::Duration;

use secrecy::SecretString;
use tandem_auth::{Grant, KeySource, Scope, Signer, TrustEntry};

use crate::support::{AUDIENCE, ISSUER, NOW, at, manual_clock, pair, trust, verifier};

fn grant() -> Grant {
    Grant {
        issuer: ISSUER.to_owned(),
        audience: AUDIENCE.to_owned(),
        subject: "ada".to_owned(),
        scopes: vec![Scope::Chat, Scope::Admin],
        lifetime: Duration::from_secs(1800),
    }
}

#[test]
fn signed_grant_is_accepted() {
    let (pair, clock) = (pair(), manual_clock());
    let signer =
        Signer::ed25519_from_pem(&pair.private_pem).expect("a key").with_clock(clock.clock());
    let token = signer.sign(&grant()).expect("a token");
    let caller = verifier(vec![trust(&pair)], &clock).verify(&token).expect("a good token");
    assert_eq!((caller.owner().as_str(), caller.expires_at()), ("ada", at(NOW + 1800)));
    assert!(
        caller.has_scope(Scope::Chat)
            && caller.has_scope(Scope::Admin)
            && !caller.has_scope(Scope::Tasks)
    );
}

#[test]
fn token_ids_are_unique() {
    let (pair, clock) = (pair(), manual_clock());
    let signer =
        Signer::ed25519_from_pem(&pair.private_pem).expect("a key").with_clock(clock.clock());
    let verifier = verifier(vec![trust(&pair)], &clock);
    let id = || {
        let token = signer.sign(&grant()).expect("a token");
        verifier.verify(&token).expect("a good token").token_id().map(str::to_owned)
    };
    let (first, second) = (id(), id());
    assert!(first.is_some() && first != second);
}

#[test]
fn shared_secret_signs() {
    let secret = "4fJ1kq8ZpV0mWb7xYc3nTd9sRg2uHa6e";
    let clock = manual_clock();
    let token = Signer::hs256(secret).with_clock(clock.clock()).sign(&grant()).expect("a token");
    let keys = KeySource::Hs256Secret(SecretString::from(secret));
    let verifier = verifier(vec![TrustEntry::new(ISSUER, AUDIENCE, keys)], &clock);
    assert!(verifier.verify(&token).is_ok());
}

#[test]
fn invalid_private_key_is_rejected() {
    let pair = pair();
    let broken = "-----BEGIN PRIVATE KEY-----\nMAUGAytlcA==\n-----END PRIVATE KEY-----\n";
    for pem in ["", "secret", &pair.public_pem, broken] {
        assert!(Signer::ed25519_from_pem(pem).is_err(), "{pem}");
    }
}

#[test]
fn key_pairs_are_standard_pem() {
    let pair = pair();
    assert!(pair.private_pem.starts_with("-----BEGIN PRIVATE KEY-----\n"));
    assert!(pair.public_pem.starts_with("-----BEGIN PUBLIC KEY-----\n"));
    assert!(pair.public_pem.ends_with("-----END PUBLIC KEY-----\n"));
}
