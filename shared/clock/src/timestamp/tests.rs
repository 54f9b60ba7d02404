use proptest::prelude::*;

use super::*;

/// The years 1 to 9999, in microseconds.
const YEARS: std::ops::Range<i64> = -62_135_596_800_000_000..253_402_300_800_000_000;

proptest! {
    #[test]
    fn protobuf_round_trips(micros in YEARS) {
        let time = Timestamp::from_micros(micros);
        let protobuf = prost_types::Timestamp::from(time);
        prop_assert!((0..1_000_000_000).contains(&protobuf.nanos));
        prop_assert_eq!(Timestamp::from(protobuf), time);
    }

    #[test]
    fn dates_round_trip(micros in YEARS) {
        let time = Timestamp::from_micros(micros);
        prop_assert_eq!(Timestamp::from(time.to_datetime()), time);
    }

    #[test]
    fn subtraction_undoes_addition(micros in YEARS, duration in 0u64..1_000_000_000_000) {
        let (time, duration) = (Timestamp::from_micros(micros), Duration::from_micros(duration));
        prop_assert_eq!(time + duration - duration, time);
        prop_assert_eq!((time + duration).saturating_duration_since(time), duration);
        prop_assert_eq!(time.saturating_duration_since(time + duration), Duration::ZERO);
    }
}

#[test]
fn arithmetic_saturates() {
    assert_eq!(Timestamp::MAX + Duration::MAX, Timestamp::MAX);
    assert_eq!(Timestamp::MIN - Duration::MAX, Timestamp::MIN);
    assert_eq!(Timestamp::MIN.saturating_duration_since(Timestamp::MAX), Duration::ZERO);
}

#[test]
fn display_is_rfc_3339() {
    assert_eq!(Timestamp::from_secs(1_800_000_000).to_string(), "2027-01-15T08:00:00Z");
    assert_eq!(Timestamp::from_micros(-1).to_string(), "1969-12-31T23:59:59.999999Z");
}
