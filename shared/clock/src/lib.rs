//! The time: one [`Clock`], one type for points in time, and a clock that tests set.
//!
//! Nothing else reads the time of day: `clippy.toml` forbids `SystemTime::now` and `Utc::now`
//! everywhere but here. Durations are measured with [`std::time::Instant`].

mod clock;
mod manual;
mod timestamp;

pub use clock::Clock;
pub use manual::ManualClock;
pub use timestamp::Timestamp;
