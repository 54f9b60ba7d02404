//! Timestamps: `google.protobuf.Timestamp` on the wire, microseconds since 1970 (UTC) everywhere else.

use std::time::Duration;

use prost_types::Timestamp;

const MICROS_PER_SECOND: i64 = 1_000_000;

/// Microseconds since 1970, rounded down.
#[must_use]
pub fn to_micros(time: &Timestamp) -> i64 {
    time.seconds.saturating_mul(MICROS_PER_SECOND).saturating_add(i64::from(time.nanos) / 1000)
}

/// The timestamp of microseconds since 1970.
#[must_use]
pub fn to_timestamp(micros: i64) -> Timestamp {
    let nanos = i32::try_from(micros.rem_euclid(MICROS_PER_SECOND) * 1000).unwrap_or_default();
    Timestamp { seconds: micros.div_euclid(MICROS_PER_SECOND), nanos }
}

/// The timestamp of microseconds since 1970, `duration` later.
#[must_use]
pub fn timestamp_after(micros: i64, duration: Duration) -> Timestamp {
    to_timestamp(micros.saturating_add(i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn micros_round_trip(time in -62_135_596_800_000_000..253_402_300_800_000_000i64) {
            let timestamp = super::to_timestamp(time);
            prop_assert!((0..1_000_000_000).contains(&timestamp.nanos));
            prop_assert_eq!(super::to_micros(&timestamp), time);
        }
    }
}
