//! A clock that the test sets.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use prost_types::Timestamp;
use tandem_clock::Clock;

/// Monday, 2 March 2026, 09:00 UTC.
const MONDAY: i64 = 1_772_442_000;

/// A clock that stands still until it is advanced. Clones share the time.
#[derive(Clone)]
pub(crate) struct ManualClock(Arc<AtomicI64>);

impl ManualClock {
    /// A clock at Monday, 2 March 2026, 09:00 UTC.
    pub(crate) fn new() -> Self {
        Self(Arc::new(AtomicI64::new(MONDAY)))
    }

    /// The same clock, for a service.
    pub(crate) fn clock(&self) -> Clock {
        let clock = self.clone();
        Clock::from_fn(move || tandem_clock::Timestamp::from_secs(clock.seconds()))
    }

    /// The current time.
    pub(crate) fn now(&self) -> Timestamp {
        self.after(0)
    }

    /// The time `seconds` from now; negative seconds are in the past.
    pub(crate) fn after(&self, seconds: i64) -> Timestamp {
        Timestamp { seconds: self.seconds() + seconds, nanos: 0 }
    }

    /// Advances the clock and returns the new time.
    pub(crate) fn advance(&self, seconds: i64) -> Timestamp {
        self.0.fetch_add(seconds, Ordering::SeqCst);
        self.now()
    }

    fn seconds(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}
