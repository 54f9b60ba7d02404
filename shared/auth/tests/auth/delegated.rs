//! Tokens that a service mints for calls on a user's behalf.

use serde_json::{Value, json};
use tandem_auth::{Delegation, KeyPair, KeySource, Owner, Scope, Signer, TrustEntry, Verifier};
use tandem_clock::ManualClock;
use tandem_error::Unauthenticated::{Expired, Invalid};
use uuid::Uuid;

use crate::support::{NOW, at, claims, manual_clock, pair, signed, trust, verifier, with};

const CHAT: &str = "tandem-chat";
const TASK: &str = "tandem-task";

fn entry(pair: &KeyPair) -> TrustEntry {
    let keys = KeySource::Ed25519PublicKey(pair.public_pem.clone());
    TrustEntry { delegated: true, ..TrustEntry::new(CHAT, TASK, keys) }
}

fn task(pair: &KeyPair, clock: &ManualClock) -> Verifier {
    verifier(vec![entry(pair)], clock)
}

/// The claims of a good delegated token with some replaced.
fn delegated(changes: Value) -> Value {
    let mut all = with(json!({
        "iss": CHAT, "aud": TASK, "scope": "tasks", "exp": NOW + 60,
        "act": {"sub": CHAT}, "turn": "01890a5d-ac96-774b-bcce-b302099a8057",
    }));
    let map = all.as_object_mut().expect("claims are an object");
    map.extend(changes.as_object().expect("changes are an object").clone());
    map.retain(|_, value| !value.is_null());
    all
}

#[test]
fn delegated_token_names_user_and_service() {
    let (pair, clock) = (pair(), manual_clock());
    let signer =
        Signer::ed25519_from_pem(&pair.private_pem).expect("a key").with_clock(clock.clock());
    let (owner, turn_id) = (Owner::from_row("ada".to_owned()), Uuid::now_v7());
    let delegation = Delegation { issuer: CHAT, audience: TASK, owner: &owner, turn_id };
    let token = signer.sign_delegated(&delegation).expect("a token");
    let verifier = task(&pair, &clock);
    let caller = verifier.verify(&token).expect("a good token");
    assert_eq!(caller.owner(), &owner);
    assert_eq!((caller.actor(), caller.turn_id()), (Some(CHAT), Some(turn_id)));
    let scopes = [Scope::Chat, Scope::Tasks, Scope::Admin].map(|scope| caller.has_scope(scope));
    assert_eq!(scopes, [false, true, false]);
    assert_eq!(caller.expires_at(), at(NOW + 60));
    clock.set(at(NOW + 90));
    assert_eq!(verifier.verify(&token).err(), Some(Expired));
}

#[test]
fn invalid_delegation_is_rejected() {
    let (pair, clock) = (pair(), manual_clock());
    let verifier = task(&pair, &clock);
    assert!(verifier.verify(&signed(&pair, &delegated(json!({})))).is_ok());
    let table = [
        json!({"act": null}),
        json!({"act": {}}),
        json!({"act": CHAT}),
        json!({"act": {"sub": "tandem-task"}}),
        json!({"turn": null}),
        json!({"turn": "the first"}),
        json!({"turn": 7}),
        json!({"iat": null}),
        json!({"exp": NOW + 61}),
        json!({"iat": NOW + 20, "exp": NOW + 10}),
        json!({"scope": null}),
        json!({"scope": "chat"}),
        json!({"scope": "tasks admin"}),
    ];
    for changes in table {
        let token = signed(&pair, &delegated(changes.clone()));
        assert_eq!(verifier.verify(&token).err(), Some(Invalid("delegation")), "{changes}");
    }
    for (iat, exp) in [(NOW + 100, NOW + 10), (NOW + 3600, NOW + 3660)] {
        let token = signed(&pair, &delegated(json!({"iat": iat, "exp": exp})));
        assert_eq!(verifier.verify(&token).err(), Some(Invalid("not_yet_valid")), "{iat}");
    }
    let elsewhere = signed(&pair, &delegated(json!({"aud": "tandem"})));
    assert_eq!(verifier.verify(&elsewhere).err(), Some(Invalid("audience")));
}

#[test]
fn issuers_cannot_replace_each_other() {
    let (users, service, clock) = (pair(), pair(), manual_clock());
    let verifier = verifier(vec![trust(&users), entry(&service)], &clock);
    assert!(verifier.verify(&signed(&users, &claims())).is_ok());
    assert!(verifier.verify(&signed(&service, &delegated(json!({})))).is_ok());
    let table = [signed(&users, &delegated(json!({}))), signed(&service, &claims())];
    for token in table {
        assert_eq!(verifier.verify(&token).err(), Some(Invalid("signature")));
    }
}
