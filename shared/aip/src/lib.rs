//! The conventions of the Google API design guide (AIP) that every service keeps: pages (AIP-158),
//! orders (AIP-132), field masks (AIP-134, AIP-161), etags (AIP-154), request ids (AIP-155).
//!
//! Pure functions: what they need to know of a resource is passed in.

mod digest;
pub mod etag;
mod mask;
mod order;
pub mod page;

pub use digest::{Digest, digest};
pub use mask::{Mask, Updatable, check_id, with_faults};
pub use order::{Direction, Order};
