//! The cache of verified tokens.

use std::sync::Arc;

use serde_json::json;
use tandem_auth::{Settings, Verifier};
use tandem_config::HumanDuration;
use tandem_error::Unauthenticated::Expired;

use crate::support::{NOW, at, claims, manual_clock, pair, signed, trust, verifier, with};

#[test]
fn cached_token_is_not_verified_again() {
    let pair = pair();
    let verifier = verifier(vec![trust(&pair)], &manual_clock());
    let token = signed(&pair, &claims());
    let first = verifier.verify(&token).expect("a good token");
    let second = verifier.verify(&token).expect("a good token");
    assert!(Arc::ptr_eq(&first, &second));
}

#[test]
fn cache_can_be_turned_off() {
    let pair = pair();
    let settings = Settings { trust: vec![trust(&pair)], cache_entries: 0, ..Settings::default() };
    let verifier = Verifier::with_clock(&settings, manual_clock().clock()).expect("good settings");
    let token = signed(&pair, &claims());
    let first = verifier.verify(&token).expect("a good token");
    let second = verifier.verify(&token).expect("a good token");
    assert!(!Arc::ptr_eq(&first, &second));
}

#[test]
fn cached_token_expires_to_the_second() {
    let (pair, clock) = (pair(), manual_clock());
    let verifier = verifier(vec![trust(&pair)], &clock);
    let token = signed(&pair, &with(json!({"exp": NOW + 100})));
    assert!(verifier.verify(&token).is_ok());
    clock.set(at(NOW + 129));
    assert!(verifier.verify(&token).is_ok(), "within the leeway");
    clock.set(at(NOW + 130));
    assert_eq!(verifier.verify(&token).err(), Some(Expired));
    assert_eq!(
        verifier.verify(&token).err(),
        Some(Expired),
        "no longer cached, and still rejected"
    );
}

#[test]
fn leeway_is_configurable() {
    let (pair, clock) = (pair(), manual_clock());
    let settings = Settings {
        trust: vec![trust(&pair)],
        leeway: HumanDuration::default(),
        ..Settings::default()
    };
    let verifier = Verifier::with_clock(&settings, clock.clock()).expect("good settings");
    let token = signed(&pair, &with(json!({"exp": NOW + 1})));
    assert!(verifier.verify(&token).is_ok());
    clock.set(at(NOW + 1));
    assert_eq!(verifier.verify(&token).err(), Some(Expired));
}
