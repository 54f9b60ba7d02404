//! Making keys, for installs that start without any.

use aws_lc_rs::encoding::{AsDer as _, PublicKeyX509Der};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use pem::{EncodeConfig, LineEnding, Pem};
use tandem_error::Error;

/// An Ed25519 key pair in PEM. It is not `Debug`: the private half must not reach a log.
pub struct KeyPair {
    /// PKCS #8, for [`Signer::ed25519_from_pem`](crate::Signer::ed25519_from_pem).
    pub private_pem: String,
    /// SubjectPublicKeyInfo, for [`KeySource::Ed25519PublicKey`](crate::KeySource::Ed25519PublicKey).
    pub public_pem: String,
}

/// Makes a fresh Ed25519 key pair.
///
/// # Errors
///
/// Internal, if the system gives no randomness.
pub fn generate_ed25519() -> Result<KeyPair, Error> {
    let pair = Ed25519KeyPair::generate().map_err(Error::internal)?;
    let private = pair.to_pkcs8v1().map_err(Error::internal)?;
    let public: PublicKeyX509Der<'_> = pair.public_key().as_der().map_err(Error::internal)?;
    let lines = EncodeConfig::new().set_line_ending(LineEnding::LF);
    let pem = |tag: &str, der: &[u8]| pem::encode_config(&Pem::new(tag, der), lines);
    Ok(KeyPair {
        private_pem: pem("PRIVATE KEY", private.as_ref()),
        public_pem: pem("PUBLIC KEY", public.as_ref()),
    })
}
