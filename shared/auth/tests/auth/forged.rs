//! Forged, modified and expired tokens.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey};
use proptest::prelude::*;
use serde_json::{Value, json};
use tandem_auth::{KeyPair, Scope, Verifier};
use tandem_error::Unauthenticated::{self, Expired, Invalid};

use crate::support::{
    AUDIENCE, ISSUER, NOW, at, claims, forge, manual_clock, pair, part, private, signed, trust,
    verifier, with,
};

fn rejection(verifier: &Verifier, token: &str) -> Option<Unauthenticated> {
    verifier.verify(token).err()
}

fn issuer() -> (KeyPair, Verifier) {
    let pair = pair();
    let verifier = verifier(vec![trust(&pair)], &manual_clock());
    (pair, verifier)
}

#[test]
fn valid_token_yields_the_caller() {
    let (pair, verifier) = issuer();
    let caller = verifier.verify(&signed(&pair, &claims())).expect("a good token");
    assert_eq!(caller.owner().as_str(), "ada");
    assert_eq!(caller.token_id(), Some("t-1"));
    assert_eq!(caller.expires_at(), at(NOW + 1800));
    assert_eq!((caller.actor(), caller.turn_id()), (None, None));
    let scopes = [Scope::Chat, Scope::Tasks, Scope::Admin].map(|scope| caller.has_scope(scope));
    assert_eq!(scopes, [true, true, false]);
}

#[test]
fn signature_of_the_right_key_is_required() {
    let (pair, verifier) = issuer();
    let good = signed(&pair, &claims());
    let (message, signature) = good.rsplit_once('.').expect("three parts");
    let payload = part(&claims());
    for alg in ["none", "None", "NONE", "nOnE", "", "HS256", "RS256", "ES256", "eddsa", "EdDSA "] {
        let header = part(&json!({"alg": alg, "typ": "JWT"}));
        for signature in ["", signature] {
            let token = format!("{header}.{payload}.{signature}");
            assert_eq!(rejection(&verifier, &token), Some(Invalid("algorithm")), "{alg:?}");
        }
    }
    let other = signed(&self::pair(), &claims());
    assert_eq!(rejection(&verifier, &other), Some(Invalid("signature")), "another key");
    assert_eq!(rejection(&verifier, &format!("{message}.")), Some(Invalid("signature")), "none");
    let header = part(&json!({"typ": "JWT"}));
    let unnamed = format!("{header}.{payload}.{signature}");
    assert_eq!(rejection(&verifier, &unnamed), Some(Invalid("algorithm")), "no algorithm");
}

#[test]
fn public_key_is_no_shared_secret() {
    let (pair, verifier) = issuer();
    let body: String = pair.public_pem.lines().filter(|line| !line.starts_with('-')).collect();
    let der = STANDARD.decode(body).expect("base64 in the PEM");
    let pem = pair.public_pem.as_bytes();
    for secret in [pem, pem.trim_ascii_end(), &der, &der[12..]] {
        let key = EncodingKey::from_secret(secret);
        for alg in ["HS256", "EdDSA"] {
            let token = forge(&json!({"alg": alg}), &claims(), &key, Algorithm::HS256);
            assert!(rejection(&verifier, &token).is_some(), "{alg}, {} bytes", secret.len());
        }
    }
}

#[test]
fn embedded_keys_are_ignored() {
    let (_, verifier) = issuer();
    let own = pair();
    let key = private(&own);
    let jwk = jsonwebtoken::jwk::Jwk::from_encoding_key(&key, Algorithm::EdDSA).expect("a JWK");
    let header = json!({"alg": "EdDSA", "jwk": jwk, "jku": "https://evil.example/jwks.json"});
    let token = forge(&header, &claims(), &key, Algorithm::EdDSA);
    assert_eq!(rejection(&verifier, &token), Some(Invalid("signature")));
}

#[test]
fn invalid_claims_are_rejected() {
    let (pair, verifier) = issuer();
    let long = "x".repeat(256);
    let table = [
        (json!({"iss": null}), Invalid("issuer")),
        (json!({"iss": ""}), Invalid("issuer")),
        (json!({"iss": "https://issuer.example/"}), Invalid("issuer")),
        (json!({"aud": null}), Invalid("audience")),
        (json!({"aud": ""}), Invalid("audience")),
        (json!({"aud": []}), Invalid("audience")),
        (json!({"aud": "tandem-task"}), Invalid("audience")),
        (json!({"aud": ["a", "b"]}), Invalid("audience")),
        (json!({"sub": null}), Invalid("subject")),
        (json!({"sub": ""}), Invalid("subject")),
        (json!({"sub": long}), Invalid("subject")),
        (json!({"sub": "ada\u{0}"}), Invalid("subject")),
        (json!({"sub": "ada\n"}), Invalid("subject")),
        (json!({"exp": null}), Invalid("expiry")),
        (json!({"exp": NOW - 30}), Expired),
        (json!({"exp": 0}), Expired),
        (json!({"nbf": NOW + 31}), Invalid("not_yet_valid")),
        (json!({"iat": NOW + 31}), Invalid("not_yet_valid")),
        (json!({"exp": "1900000000"}), Invalid("malformed")),
        (json!({"exp": -1}), Invalid("malformed")),
        (json!({"nbf": "now"}), Invalid("malformed")),
        (json!({"sub": 7}), Invalid("malformed")),
        (json!({"aud": {"tandem": true}}), Invalid("malformed")),
    ];
    for (changes, expected) in table {
        let token = signed(&pair, &with(changes.clone()));
        assert_eq!(rejection(&verifier, &token), Some(expected), "{changes}");
    }
}

#[test]
fn unusual_valid_claims_are_accepted() {
    let (pair, verifier) = issuer();
    let longest = "é".repeat(255);
    let table = [
        json!({"aud": ["elsewhere", AUDIENCE]}),
        json!({"exp": NOW - 29}),
        json!({"exp": 1_800_000_100.5}),
        json!({"exp": u64::MAX}),
        json!({"exp": 1e300}),
        json!({"nbf": null, "iat": null, "jti": null}),
        json!({"nbf": NOW + 30}),
        json!({"iat": NOW + 30}),
        json!({"sub": longest}),
        json!({"act": 1, "turn": {"theirs": true}}),
    ];
    for changes in table {
        let token = signed(&pair, &with(changes.clone()));
        assert_eq!(rejection(&verifier, &token), None, "{changes}");
    }
}

#[test]
fn bad_signature_is_never_expired() {
    let (_, verifier) = issuer();
    let token = signed(&pair(), &with(json!({"exp": NOW - 5000})));
    assert_eq!(rejection(&verifier, &token), Some(Invalid("signature")));
}

#[test]
fn missing_scope_claim_grants_the_defaults() {
    let pair = pair();
    let token = signed(&pair, &with(json!({"scope": null})));
    let strict = verifier(vec![trust(&pair)], &manual_clock());
    let mut entry = trust(&pair);
    entry.default_scopes = vec![Scope::Chat];
    let lenient = verifier(vec![entry], &manual_clock());
    assert!(!strict.verify(&token).expect("a good token").has_scope(Scope::Chat));
    let caller = lenient.verify(&token).expect("a good token");
    assert!(caller.has_scope(Scope::Chat) && !caller.has_scope(Scope::Tasks));
    let named = lenient.verify(&signed(&pair, &with(json!({"scope": ""})))).expect("good");
    assert!(!named.has_scope(Scope::Chat), "an empty claim is a claim");
}

#[test]
fn malformed_tokens_are_rejected() {
    let (pair, verifier) = issuer();
    let crit = json!({"alg": "EdDSA", "crit": ["b64"], "b64": false});
    let deep = URL_SAFE_NO_PAD.encode("[".repeat(3000));
    let good = signed(&pair, &claims());
    let table = [
        (String::new(), "malformed"),
        ("..".to_owned(), "malformed"),
        ("a.b.c".to_owned(), "malformed"),
        (format!("{good}.{good}"), "malformed"),
        (format!("{good}="), "signature"),
        (format!(" {good}"), "malformed"),
        (format!("e30.{deep}."), "malformed"),
        (forge(&crit, &claims(), &private(&pair), Algorithm::EdDSA), "malformed"),
        (signed(&pair, &with(json!({"extra": "x".repeat(8192)}))), "too_long"),
        (signed(&pair, &Value::Null), "malformed"),
    ];
    for (token, kind) in table {
        assert_eq!(rejection(&verifier, &token), Some(Invalid(kind)), "{token:.80}");
    }
}

#[test]
fn arrays_and_null_crit_are_rejected() {
    let (pair, verifier) = issuer();
    let key = private(&pair);
    // The values in the order of the fields, as serde reads an array.
    let header = json!(["EdDSA", null, "JWT", false]);
    let claims_array =
        json!([ISSUER, AUDIENCE, "ada", NOW + 1800, NOW, NOW, "t-1", "chat tasks", null, null]);
    let crit = json!({"alg": "EdDSA", "crit": null});
    let good = json!({"alg": "EdDSA"});
    for (header, claims) in [(&header, &claims()), (&good, &claims_array), (&crit, &claims())] {
        let token = forge(header, claims, &key, Algorithm::EdDSA);
        assert_eq!(rejection(&verifier, &token), Some(Invalid("malformed")), "{header} {claims}");
    }
}

#[test]
fn other_token_types_are_rejected() {
    let (pair, verifier) = issuer();
    let with_type = |typ: &str| {
        let header = json!({"alg": "EdDSA", "typ": typ});
        rejection(&verifier, &forge(&header, &claims(), &private(&pair), Algorithm::EdDSA))
    };
    for typ in ["JWT", "jwt", "at+jwt", "application/at+JWT"] {
        assert_eq!(with_type(typ), None, "{typ}");
    }
    for typ in ["", "dpop+jwt", "logout+jwt", "secevent+jwt", "rt+jwt", "JOSE", "jwt "] {
        assert_eq!(with_type(typ), Some(Invalid("type")), "{typ}");
    }
}

#[test]
fn duplicate_claim_is_rejected() {
    let (pair, verifier) = issuer();
    let twice = claims().to_string().replacen('{', r#"{"sub":"eve","#, 1);
    let header = part(&json!({"alg": "EdDSA"}));
    let message = format!("{header}.{}", URL_SAFE_NO_PAD.encode(twice));
    let signature =
        jsonwebtoken::crypto::sign(message.as_bytes(), &private(&pair), Algorithm::EdDSA);
    let token = format!("{message}.{}", signature.expect("a signature"));
    assert_eq!(rejection(&verifier, &token), Some(Invalid("malformed")));
}

proptest! {
    #[test]
    fn no_random_string_is_accepted(text in "\\PC{0,200}", dots in "[a-zA-Z0-9_-]{0,80}\\.[a-zA-Z0-9_-]{0,80}\\.[a-zA-Z0-9_-]{0,90}") {
        let (_, verifier) = issuer();
        prop_assert!(verifier.verify(&text).is_err());
        prop_assert!(verifier.verify(&dots).is_err());
    }

    #[test]
    fn one_changed_character_is_rejected(at in any::<prop::sample::Index>(), new in "[a-zA-Z0-9_.=-]") {
        let (pair, verifier) = issuer();
        let good = signed(&pair, &claims());
        prop_assert!(verifier.verify(&good).is_ok());
        let at = at.index(good.len());
        let mut changed = good.clone();
        changed.replace_range(at..=at, &new);
        prop_assume!(changed != good);
        prop_assert!(verifier.verify(&changed).is_err(), "accepted with {new} at {at}");
    }
}
