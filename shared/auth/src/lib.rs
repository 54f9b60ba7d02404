//! Authentication: trust entries configure the accepted issuers, the [`Verifier`] turns a token into a
//! [`Caller`], and the [`AuthLayer`] in front of every service denies by default.
//!
//! Only a [`Caller`] provides an [`Owner`], and store functions require an [`Owner`]: a query without a
//! user does not compile. No other crate depends on a JWT library.

pub mod audit;
mod caller;
mod key_pair;
mod keys;
mod layer;
mod policy;
mod scope;
mod settings;
mod sign;
mod token;
mod trust;
mod verify;

pub use caller::{Caller, Owner};
pub use key_pair::{KeyPair, generate_ed25519};
pub use layer::{Auth, AuthLayer};
pub use policy::Policy;
pub use scope::Scope;
pub use settings::{Algorithm, KeySource, Settings, TrustEntry};
pub use sign::{Delegation, Grant, Signer};
pub use verify::Verifier;
