//! Times: `google.protobuf.Timestamp` on the wire, microseconds since 1970 (UTC) everywhere else.

use std::time::Duration;

use prost_types::Timestamp;

/// Microseconds in a second.
const MICROS: i64 = 1_000_000;

/// The microseconds of a timestamp; what is finer is dropped.
#[must_use]
pub fn micros(time: &Timestamp) -> i64 {
    time.seconds.saturating_mul(MICROS).saturating_add(i64::from(time.nanos) / 1000)
}

/// The timestamp of a number of microseconds.
#[must_use]
pub fn timestamp(micros: i64) -> Timestamp {
    let nanos = i32::try_from(micros.rem_euclid(MICROS) * 1000).unwrap_or_default();
    Timestamp { seconds: micros.div_euclid(MICROS), nanos }
}

/// The timestamp of the time `duration` after a number of microseconds.
#[must_use]
pub fn after(micros: i64, duration: Duration) -> Timestamp {
    timestamp(micros.saturating_add(i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_time_comes_back_to_the_microsecond(time in -62_135_596_800_000_000..253_402_300_800_000_000i64) {
            let timestamp = super::timestamp(time);
            prop_assert!((0..1_000_000_000).contains(&timestamp.nanos));
            prop_assert_eq!(super::micros(&timestamp), time);
        }
    }
}
