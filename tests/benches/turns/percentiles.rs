//! Percentiles of times.

use std::time::Duration;

/// Times in the order in which they were measured.
#[derive(Default)]
pub(crate) struct Percentiles(Vec<Duration>);

impl Percentiles {
    pub(crate) fn add(&mut self, time: Duration) {
        self.0.push(time);
    }

    /// The time that `percent` % of the times do not exceed, in milliseconds.
    pub(crate) fn ms(&self, percent: usize) -> f64 {
        let mut times = self.0.clone();
        times.sort_unstable();
        let last = times.len().checked_sub(1).expect("something was measured");
        times[(times.len() * percent / 100).min(last)].as_secs_f64() * 1e3
    }
}
