//! Who is calling: the trust entries say whose tokens count, the [`Verifier`] makes a token into a
//! [`Caller`], and the [`AuthLayer`] stands in front of every service and denies by default.
//!
//! A [`Caller`] is the only way to an [`Owner`], and an [`Owner`] is what store functions ask for: a
//! query for nobody in particular does not compile. No other crate knows JWT.

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
