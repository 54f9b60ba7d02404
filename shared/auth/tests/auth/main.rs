//! Tests of tokens, the layer and the settings.

mod cache;
mod delegated;
mod forged;
mod jwks;
mod layer;
mod log;
mod settings;
mod shared_secret;
mod signer;
mod support;
