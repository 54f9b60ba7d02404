//! Fingerprints: what tells two requests apart.

use prost::Message;

/// SHA-256 of a request.
pub type Digest = [u8; 32];

/// The digest of a call: its method's name and the message, which has to hold only what makes two
/// requests different.
#[must_use]
pub fn digest(method: &str, message: &impl Message) -> Digest {
    let mut bytes = Vec::with_capacity(method.len() + 1 + message.encoded_len());
    bytes.extend_from_slice(method.as_bytes());
    // No method's name holds a NUL, so name and message cannot be confused.
    bytes.push(0);
    bytes.extend_from_slice(&message.encode_to_vec());
    let mut digest = Digest::default();
    digest.copy_from_slice(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &bytes).as_ref());
    digest
}
