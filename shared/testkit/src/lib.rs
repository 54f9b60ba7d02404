//! What tests of every service need: keys, tokens, and databases, all of them real.

pub mod postgres;
mod tokens;

pub use tokens::{AUDIENCE, DELEGATED_AUDIENCE, ISSUER, Issuer};
