//! A circuit breaker: while the service is down, calls fail at once instead of waiting for it.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Opens after a number of consecutive failures. While it is open it allows one trial call per reset
/// timeout; a successful one closes it.
#[derive(Debug)]
pub(crate) struct CircuitBreaker {
    failure_threshold: u32,
    reset_timeout: Duration,
    state: Mutex<State>,
}

#[derive(Debug, Clone, Copy)]
enum State {
    Closed {
        consecutive_failures: u32,
    },
    /// No call before `next_trial`.
    Open {
        next_trial: Instant,
    },
}

const CLOSED: State = State::Closed { consecutive_failures: 0 };

impl CircuitBreaker {
    pub(crate) fn new(failure_threshold: u32, reset_timeout: Duration) -> Self {
        Self { failure_threshold, reset_timeout, state: Mutex::new(CLOSED) }
    }

    /// Whether a call is allowed now. While the breaker is open, `true` takes the trial call.
    pub(crate) fn allow_call(&self, now: Instant) -> bool {
        self.with_state(|state| match *state {
            State::Closed { .. } => true,
            State::Open { next_trial } if next_trial <= now => {
                // A trial call whose result is never recorded blocks others for one reset timeout only.
                *state = State::Open { next_trial: now + self.reset_timeout };
                true
            }
            State::Open { .. } => false,
        })
    }

    pub(crate) fn is_open(&self) -> bool {
        self.with_state(|state| matches!(state, State::Open { .. }))
    }

    /// Records that the service responded.
    pub(crate) fn record_success(&self) {
        let previous = self.with_state(|state| std::mem::replace(state, CLOSED));
        if matches!(previous, State::Open { .. }) {
            tracing::info!("task service responds again; circuit breaker closed");
        }
    }

    /// Records that the service did not respond.
    pub(crate) fn record_failure(&self, now: Instant) {
        let opened = self.with_state(|state| {
            let failures = match *state {
                State::Closed { consecutive_failures } => consecutive_failures + 1,
                State::Open { .. } => self.failure_threshold + 1,
            };
            *state = if failures >= self.failure_threshold {
                State::Open { next_trial: now + self.reset_timeout }
            } else {
                State::Closed { consecutive_failures: failures }
            };
            failures == self.failure_threshold
        });
        if opened {
            tracing::warn!("task service does not respond; circuit breaker open");
        }
    }

    fn with_state<T>(&self, access: impl FnOnce(&mut State) -> T) -> T {
        // std mutex: nothing awaits while it is held.
        access(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RESET: Duration = Duration::from_secs(5);
    const INSTANT: Duration = Duration::from_millis(1);

    /// A breaker opened by two failures, and the time of the last.
    fn open_breaker() -> (CircuitBreaker, Instant) {
        let (breaker, now) = (CircuitBreaker::new(2, RESET), Instant::now());
        breaker.record_failure(now);
        breaker.record_failure(now);
        assert!(breaker.is_open());
        (breaker, now)
    }

    #[test]
    fn only_consecutive_failures_open_it() {
        let (breaker, now) = (CircuitBreaker::new(2, RESET), Instant::now());
        for _ in 0..3 {
            breaker.record_failure(now);
            assert!(breaker.allow_call(now));
            breaker.record_success();
        }
        breaker.record_failure(now);
        breaker.record_failure(now);
        assert!(!breaker.allow_call(now));
    }

    #[test]
    fn one_trial_call_per_reset_timeout() {
        let (breaker, start) = open_breaker();
        for round in 1..=3 {
            let time = start + RESET * round;
            assert!(!breaker.allow_call(time - INSTANT));
            assert!(breaker.allow_call(time));
            assert!(!breaker.allow_call(time), "one trial at a time");
        }
    }

    #[test]
    fn trial_result_decides_the_state() {
        let (breaker, start) = open_breaker();
        let time = start + RESET;
        assert!(breaker.allow_call(time));
        breaker.record_failure(time + RESET / 2);
        assert!(!breaker.allow_call(time + RESET));
        assert!(breaker.allow_call(time + RESET / 2 + RESET));
        breaker.record_success();
        assert!(!breaker.is_open() && breaker.allow_call(time) && breaker.allow_call(time));
        breaker.record_failure(time);
        assert!(breaker.allow_call(time), "the count starts again");
    }
}
