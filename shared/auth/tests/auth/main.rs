//! What tokens are worth: forged, aged and delegated ones, the layer in front of services, settings.

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
