//! What tests of every service need. Everything is real: keys, tokens, databases, calls over sockets.

pub mod postgres;
mod tokens;

pub use tokens::{AUDIENCE, DELEGATED_AUDIENCE, ISSUER, Issuer};
