//! An issuer of arbitrary tokens, and a manual clock.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};
use tandem_auth::{KeyPair, KeySource, Settings, TrustEntry, Verifier, generate_ed25519};
use tandem_clock::{ManualClock, Timestamp};

pub(crate) const NOW: u64 = 1_800_000_000;
pub(crate) const ISSUER: &str = "https://issuer.example";
pub(crate) const AUDIENCE: &str = "tandem";

/// A clock that stands at [`NOW`].
pub(crate) fn manual_clock() -> ManualClock {
    ManualClock::new(at(NOW))
}

/// A time in Unix seconds.
pub(crate) fn at(seconds: u64) -> Timestamp {
    Timestamp::from_secs(i64::try_from(seconds).expect("a time"))
}

pub(crate) fn pair() -> KeyPair {
    generate_ed25519().expect("a key pair")
}

pub(crate) fn trust(pair: &KeyPair) -> TrustEntry {
    TrustEntry::new(ISSUER, AUDIENCE, KeySource::Ed25519PublicKey(pair.public_pem.clone()))
}

pub(crate) fn verifier(trust: Vec<TrustEntry>, clock: &ManualClock) -> Verifier {
    let settings = Settings { trust, ..Settings::default() };
    Verifier::with_clock(&settings, clock.clock()).expect("settings without a fault")
}

/// The claims of a token that every rule allows.
pub(crate) fn claims() -> Value {
    json!({
        "iss": ISSUER, "aud": AUDIENCE, "sub": "ada", "scope": "openid chat tasks",
        "iat": NOW, "nbf": NOW, "exp": NOW + 1800, "jti": "t-1",
    })
}

/// The claims with some replaced, or left out where the new value is null.
pub(crate) fn with(changes: Value) -> Value {
    let mut all = claims();
    let map = all.as_object_mut().expect("claims are an object");
    for (name, value) in changes.as_object().expect("changes are an object") {
        map.insert(name.clone(), value.clone());
    }
    map.retain(|_, value| !value.is_null());
    all
}

pub(crate) fn part(json: &Value) -> String {
    URL_SAFE_NO_PAD.encode(json.to_string())
}

/// A token of any header and claims, signed with any key.
pub(crate) fn forge(
    header: &Value,
    claims: &Value,
    key: &EncodingKey,
    algorithm: Algorithm,
) -> String {
    let message = format!("{}.{}", part(header), part(claims));
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), key, algorithm);
    format!("{message}.{}", signature.expect("a signature"))
}

pub(crate) fn private(pair: &KeyPair) -> EncodingKey {
    EncodingKey::from_ed_pem(pair.private_pem.as_bytes()).expect("a private key")
}

/// A token with these claims and a good signature.
pub(crate) fn signed(pair: &KeyPair, claims: &Value) -> String {
    forge(&json!({"alg": "EdDSA", "typ": "JWT"}), claims, &private(pair), Algorithm::EdDSA)
}
