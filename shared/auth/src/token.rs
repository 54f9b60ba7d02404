//! Parsed tokens. Nothing here is verified; see [`crate::verify`].

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use tandem_clock::Timestamp;

/// Longer tokens are rejected without parsing.
const MAX_TOKEN_BYTES: usize = 8 * 1024;

/// Why a token is rejected, in one word for the audit log.
pub(crate) type RejectionKind = &'static str;

/// The parts of a compact JWS.
pub(crate) struct Token<'a> {
    pub(crate) header: Header,
    pub(crate) claims: Claims,
    /// The signed part: header and claims, encoded.
    pub(crate) message: &'a str,
    /// Encoded in base64url.
    pub(crate) signature: &'a str,
}

/// The header fields in use. Keys and key URLs in a token are never used.
#[derive(Deserialize)]
pub(crate) struct Header {
    pub(crate) alg: Option<String>,
    pub(crate) kid: Option<String>,
    typ: Option<String>,
    /// Whether there is a `crit`, `null` included.
    #[serde(default, deserialize_with = "is_present")]
    crit: bool,
}

/// The claims, not verified. Claims that only some trust entries read stay a [`Value`], so that another
/// issuer's claim of the same name is no error.
#[derive(Deserialize)]
pub(crate) struct Claims {
    pub(crate) iss: Option<String>,
    #[serde(default)]
    pub(crate) aud: Audience,
    pub(crate) sub: Option<String>,
    pub(crate) exp: Option<Seconds>,
    pub(crate) nbf: Option<Seconds>,
    pub(crate) iat: Option<Seconds>,
    pub(crate) jti: Option<String>,
    pub(crate) scope: Option<String>,
    pub(crate) act: Option<Value>,
    pub(crate) turn: Option<Value>,
}

/// A string or an array (RFC 7519, 4.1.3).
#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum Audience {
    One(String),
    Several(Vec<String>),
}

/// Unix seconds. RFC 7519 allows a fraction, which is dropped.
#[derive(Clone, Copy, Deserialize)]
#[serde(try_from = "serde_json::Number")]
pub(crate) struct Seconds(pub(crate) u64);

impl Seconds {
    pub(crate) fn time(self) -> Timestamp {
        Timestamp::from_secs(i64::try_from(self.0).unwrap_or(i64::MAX))
    }
}

impl<'a> Token<'a> {
    /// Parses a token without verifying anything.
    pub(crate) fn parse(text: &'a str) -> Result<Self, RejectionKind> {
        let (message, signature) = text.rsplit_once('.').ok_or("malformed")?;
        let (header, claims) = message.split_once('.').ok_or("malformed")?;
        let header: Header = decode_json(header).ok_or("malformed")?;
        // RFC 7515, 4.1.11: critical extensions that are not supported have to be rejected; none is
        // supported.
        if header.crit {
            return Err("malformed");
        }
        if !header.typ.as_deref().is_none_or(is_access_token_type) {
            return Err("type");
        }
        Ok(Self { header, claims: decode_json(claims).ok_or("malformed")?, message, signature })
    }
}

/// Whether a token is too long to be parsed.
pub(crate) fn is_too_long(text: &str) -> bool {
    text.len() > MAX_TOKEN_BYTES
}

/// Decodes a JSON object. An array is refused: serde would read it as the fields in their order.
fn decode_json<T: DeserializeOwned>(part: &str) -> Option<T> {
    let json = URL_SAFE_NO_PAD.decode(part).ok()?;
    if json.trim_ascii_start().first() != Some(&b'{') {
        return None;
    }
    serde_json::from_slice(&json).ok()
}

/// Whether `typ` names an access token: a JWT of no special kind (RFC 7519, 5.1) or RFC 9068's. The prefix
/// `application/` and the case do not count (RFC 7515, 4.1.9).
fn is_access_token_type(typ: &str) -> bool {
    let typ = typ.to_ascii_lowercase();
    matches!(typ.strip_prefix("application/").unwrap_or(&typ), "jwt" | "at+jwt")
}

fn is_present<'de, D: Deserializer<'de>>(value: D) -> Result<bool, D::Error> {
    Value::deserialize(value).map(|_| true)
}

impl Audience {
    pub(crate) fn contains(&self, audience: &str) -> bool {
        match self {
            Self::One(one) => one == audience,
            Self::Several(several) => several.iter().any(|one| one == audience),
        }
    }
}

impl Default for Audience {
    fn default() -> Self {
        Self::Several(Vec::new())
    }
}

impl TryFrom<serde_json::Number> for Seconds {
    type Error = &'static str;

    fn try_from(number: serde_json::Number) -> Result<Self, Self::Error> {
        let whole = number.as_u64();
        let floor = || number.as_f64().filter(|seconds| *seconds >= 0.0).map(|s| s as u64);
        whole.or_else(floor).map(Self).ok_or("not a time")
    }
}
