//! A circuit breaker: a service that is away is not waited for again and again.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Opens after so many failures in a row. While it is open, one call in each pause is let through, to
/// see whether the service is back; its success closes it.
#[derive(Debug)]
pub(crate) struct Breaker {
    failures: u32,
    pause: Duration,
    state: Mutex<State>,
}

#[derive(Debug, Clone, Copy)]
enum State {
    /// So many calls in a row have failed.
    Closed(u32),
    /// The next call is let through at this time.
    Open(Instant),
}

impl Breaker {
    pub(crate) fn new(failures: u32, pause: Duration) -> Self {
        Self { failures, pause, state: Mutex::new(State::Closed(0)) }
    }

    /// Whether a call may be made.
    pub(crate) fn admits(&self, now: Instant) -> bool {
        self.with(|state| match *state {
            State::Closed(_) => true,
            State::Open(next) if next <= now => {
                // A call that is never heard of again keeps nobody out for longer than a pause.
                *state = State::Open(now + self.pause);
                true
            }
            State::Open(_) => false,
        })
    }

    /// Whether calls are kept back.
    pub(crate) fn is_open(&self) -> bool {
        self.with(|state| matches!(state, State::Open(_)))
    }

    /// A call was answered.
    pub(crate) fn succeeded(&self) {
        let was_open =
            self.with(|state| matches!(std::mem::replace(state, State::Closed(0)), State::Open(_)));
        if was_open {
            tracing::info!("the task service is back");
        }
    }

    /// A call was not answered.
    pub(crate) fn failed(&self, now: Instant) {
        let opens = self.with(|state| {
            let failures = match *state {
                State::Closed(failures) => failures + 1,
                State::Open(_) => self.failures + 1,
            };
            let is_open = failures >= self.failures;
            *state = if is_open { State::Open(now + self.pause) } else { State::Closed(failures) };
            failures == self.failures
        });
        if opens {
            tracing::warn!("the task service is away; tools fail at once until it is back");
        }
    }

    fn with<T>(&self, access: impl FnOnce(&mut State) -> T) -> T {
        // std mutex: nothing awaits while it is held.
        access(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAUSE: Duration = Duration::from_secs(5);
    const INSTANT: Duration = Duration::from_millis(1);

    /// A breaker that two failures have opened, and when.
    fn open() -> (Breaker, Instant) {
        let (breaker, now) = (Breaker::new(2, PAUSE), Instant::now());
        breaker.failed(now);
        breaker.failed(now);
        assert!(breaker.is_open());
        (breaker, now)
    }

    #[test]
    fn it_opens_after_failures_in_a_row_and_not_after_as_many_in_all() {
        let (breaker, now) = (Breaker::new(2, PAUSE), Instant::now());
        for _ in 0..3 {
            breaker.failed(now);
            assert!(breaker.admits(now));
            breaker.succeeded();
        }
        breaker.failed(now);
        breaker.failed(now);
        assert!(!breaker.admits(now));
    }

    #[test]
    fn in_each_pause_one_call_is_let_through() {
        let (breaker, start) = open();
        for round in 1..=3 {
            let time = start + PAUSE * round;
            assert!(!breaker.admits(time - INSTANT));
            assert!(breaker.admits(time));
            assert!(!breaker.admits(time), "the first one tries for all");
        }
    }

    #[test]
    fn a_failure_of_the_one_keeps_it_open_and_a_success_closes_it() {
        let (breaker, start) = open();
        let time = start + PAUSE;
        assert!(breaker.admits(time));
        breaker.failed(time + PAUSE / 2);
        assert!(!breaker.admits(time + PAUSE));
        assert!(breaker.admits(time + PAUSE / 2 + PAUSE));
        breaker.succeeded();
        assert!(!breaker.is_open() && breaker.admits(time) && breaker.admits(time));
        breaker.failed(time);
        assert!(breaker.admits(time), "it counts from the start");
    }
}
