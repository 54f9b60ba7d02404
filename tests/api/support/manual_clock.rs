//! A clock that the test sets.

use std::time::Duration;

use prost_types::Timestamp;
use tandem_clock::Clock;

/// Monday, 2 March 2026, 09:00 UTC.
const MONDAY: tandem_clock::Timestamp = tandem_clock::Timestamp::from_secs(1_772_442_000);

/// [`tandem_clock::ManualClock`] with the time as the contracts give it, in whole seconds. Clones share the
/// time.
#[derive(Clone)]
pub(crate) struct ManualClock(tandem_clock::ManualClock);

impl ManualClock {
    /// A clock at Monday, 2 March 2026, 09:00 UTC.
    pub(crate) fn new() -> Self {
        Self(tandem_clock::ManualClock::new(MONDAY))
    }

    /// The same clock, for a service.
    pub(crate) fn clock(&self) -> Clock {
        self.0.clock()
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
    pub(crate) fn advance(&self, seconds: u64) -> Timestamp {
        self.0.advance(Duration::from_secs(seconds));
        self.now()
    }

    fn seconds(&self) -> i64 {
        self.0.now().as_micros() / 1_000_000
    }
}
