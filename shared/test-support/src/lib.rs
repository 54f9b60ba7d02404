//! What tests of every service need: keys, tokens, databases and a provider of models, all of them real.

pub mod model_server;
pub mod postgres;
mod tokens;

pub use tokens::{AUDIENCE, DELEGATED_AUDIENCE, ISSUER, Issuer};
