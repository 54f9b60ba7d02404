//! A clock whose hands the test moves.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use prost_types::Timestamp;
use tandem_clock::Clock;

/// Monday, 2 March 2026, 09:00 UTC.
const MONDAY: i64 = 1_772_442_000;

/// The hands of a clock that stands until they are moved.
#[derive(Clone)]
pub(crate) struct Hands(Arc<AtomicI64>);

impl Hands {
    /// Hands that stand on Monday, 2 March 2026, 09:00 UTC.
    pub(crate) fn new() -> Self {
        Self(Arc::new(AtomicI64::new(MONDAY)))
    }

    /// The clock that they belong to.
    pub(crate) fn clock(&self) -> Clock {
        let hands = self.clone();
        Clock::from_fn(move || tandem_clock::Timestamp::from_secs(hands.seconds()))
    }

    /// What the clock says.
    pub(crate) fn now(&self) -> Timestamp {
        self.after(0)
    }

    /// What it says so many seconds from now; before now where they are negative.
    pub(crate) fn after(&self, seconds: i64) -> Timestamp {
        Timestamp { seconds: self.seconds() + seconds, nanos: 0 }
    }

    /// Moves the hands forward, and says what the clock says then.
    pub(crate) fn forward(&self, seconds: i64) -> Timestamp {
        self.0.fetch_add(seconds, Ordering::SeqCst);
        self.now()
    }

    fn seconds(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}
