//! The time as a parameter, so that expiry can be tested to the second.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

/// Tells the time in unix seconds.
pub(crate) type Clock = Arc<dyn Fn() -> u64 + Send + Sync>;

/// The machine's clock.
pub(crate) fn system() -> Clock {
    Arc::new(|| {
        // A clock before 1970 is broken; the far future expires every token, so it fails closed.
        SystemTime::now().duration_since(UNIX_EPOCH).map_or(u64::MAX, |elapsed| elapsed.as_secs())
    })
}
