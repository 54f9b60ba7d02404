//! Conventions of the Google API design guide (AIP) for every service: pages (AIP-158), orders (AIP-132),
//! field masks (AIP-134, AIP-161), etags (AIP-154), resource ids (AIP-148).
//!
//! Pure functions, independent of any resource.

mod digest;
pub mod etag;
mod mask;
mod order;
pub mod page;

pub use digest::{Digest, digest};
pub use mask::{Mask, Updatable, merge_violations, validate_id};
pub use order::{Direction, Order};
