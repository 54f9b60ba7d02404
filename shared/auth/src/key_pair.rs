//! Key generation, for installations without configured keys.

use aws_lc_rs::encoding::{AsDer as _, PublicKeyX509Der};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use pem::{EncodeConfig, LineEnding, Pem};
use tandem_error::Error;

/// An Ed25519 key pair in PEM. Not `Debug`, to keep the private key out of logs.
pub struct KeyPair {
    /// PKCS #8, for [`Signer::ed25519_from_pem`](crate::Signer::ed25519_from_pem).
    pub private_pem: String,
    /// SubjectPublicKeyInfo, for [`KeySource::Ed25519PublicKey`](crate::KeySource::Ed25519PublicKey).
    pub public_pem: String,
}

/// Generates an Ed25519 key pair.
///
/// # Errors
///
/// [`Error::Internal`] if the system provides no randomness.
pub fn generate_ed25519() -> Result<KeyPair, Error> {
    let pair = Ed25519KeyPair::generate().map_err(Error::internal)?;
    let private = pair.to_pkcs8v1().map_err(Error::internal)?;
    let public: PublicKeyX509Der<'_> = pair.public_key().as_der().map_err(Error::internal)?;
    Ok(KeyPair {
        private_pem: encode_pem("PRIVATE KEY", private.as_ref()),
        public_pem: encode_pem("PUBLIC KEY", public.as_ref()),
    })
}

fn encode_pem(tag: &str, der: &[u8]) -> String {
    let config = EncodeConfig::new().set_line_ending(LineEnding::LF);
    pem::encode_config(&Pem::new(tag, der), config)
}
