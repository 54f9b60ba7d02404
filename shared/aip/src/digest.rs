//! Digests of requests.

use prost::Message;

/// A SHA-256 digest.
pub type Digest = [u8; 32];

/// The digest of a method's name and a request. Clear the fields that do not distinguish two requests
/// first, such as the page token.
#[must_use]
pub fn digest(method: &str, message: &impl Message) -> Digest {
    let mut bytes = Vec::with_capacity(method.len() + 1 + message.encoded_len());
    bytes.extend_from_slice(method.as_bytes());
    // The separator is unambiguous: no method's name contains NUL.
    bytes.push(0);
    bytes.extend_from_slice(&message.encode_to_vec());
    let mut digest = Digest::default();
    digest.copy_from_slice(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &bytes).as_ref());
    digest
}
