//! Keys from a JWK set (RFC 7517), the format in which identity providers publish keys.

use jsonwebtoken::DecodingKey;
use jsonwebtoken::jwk::{
    AlgorithmParameters, EllipticCurve, Jwk, JwkSet, KeyAlgorithm, KeyOperations, PublicKeyUse,
};

use super::Key;
use crate::settings::Algorithm;

/// The usable keys of a JWK set; keys for other purposes are skipped.
pub(super) fn parse_jwks(json: &str) -> Result<Vec<Key>, String> {
    // Without the parser's message: it quotes the file, which may be a private key by mistake.
    let set: JwkSet = serde_json::from_str(json)
        .map_err(|error| format!("is not a JWK set (line {})", error.line()))?;
    let keys: Vec<Key> = set.keys.iter().filter_map(usable_key).collect();
    if keys.is_empty() {
        return Err("holds no key that verifies EdDSA (Ed25519), ES256 or RS256".to_owned());
    }
    Ok(keys)
}

/// The key of a JWK, unless it is restricted to another use or algorithm. Shared secrets are skipped: JWK
/// sets are public.
fn usable_key(jwk: &Jwk) -> Option<Key> {
    let common = &jwk.common;
    let algorithm = match &jwk.algorithm {
        AlgorithmParameters::OctetKeyPair(key) if key.curve == EllipticCurve::Ed25519 => {
            Algorithm::EdDsa
        }
        AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P256 => {
            Algorithm::Es256
        }
        AlgorithmParameters::RSA(_) => Algorithm::Rs256,
        _ => return None,
    };
    let named = KeyAlgorithm::from(jsonwebtoken::Algorithm::from(algorithm));
    let is_for_signatures = common.key_algorithm.is_none_or(|other| other == named)
        && common.public_key_use.as_ref().is_none_or(|usage| *usage == PublicKeyUse::Signature)
        && common.key_operations.as_ref().is_none_or(|all| all.contains(&KeyOperations::Verify));
    let decoding = DecodingKey::from_jwk(jwk).ok().filter(|_| is_for_signatures)?;
    let key = Key { id: common.key_id.clone(), ..Key::new(algorithm, decoding) };
    Some(key).filter(Key::is_parseable)
}
