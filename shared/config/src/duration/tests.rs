use proptest::prelude::*;
use serde::Deserialize;

use super::HumanDuration;

proptest! {
    #[test]
    fn text_round_trips(millis in 0..=HumanDuration::MAX.millis) {
        let duration = HumanDuration::from_millis(millis);
        prop_assert_eq!(duration.to_string().parse(), Ok(duration));
    }

    #[test]
    fn any_number_of_units_parses(number in 0u64..36_500, unit in 0usize..5) {
        let (name, length) = super::UNITS[unit];
        let parsed: HumanDuration = format!("{number}{name}").parse().expect("a duration");
        prop_assert_eq!(parsed.millis, number * length);
    }

    #[test]
    fn no_text_panics(text in ".{0,12}") {
        let _ = text.parse::<HumanDuration>();
    }
}

#[test]
fn display_uses_the_largest_unit() {
    let texts = [
        (HumanDuration::from_hours(168), "7d"),
        (HumanDuration::from_secs(90), "90s"),
        (HumanDuration::from_secs(600), "10m"),
        (HumanDuration::from_millis(1500), "1500ms"),
        (HumanDuration::default(), "0s"),
        (HumanDuration::from_days(u64::MAX), "36500d"),
    ];
    for (duration, text) in texts {
        assert_eq!(duration.to_string(), text);
    }
}

#[test]
fn a_unit_is_required() {
    for text in ["12", "", "s", "-1s", "1.5s", "12 s", "1h30m", "12S", "+1s", "36501d", "1w"] {
        assert!(text.parse::<HumanDuration>().is_err(), "{text}");
    }
    let too_long = format!("{}d", u64::MAX);
    assert!(too_long.parse::<HumanDuration>().is_err());
}

#[test]
fn numbers_are_refused_with_the_format() {
    #[derive(Debug, Deserialize)]
    struct Section {
        #[allow(dead_code)]
        timeout: HumanDuration,
    }
    for text in ["timeout = 12", "timeout = \"12\""] {
        let error = toml::from_str::<Section>(text).expect_err("no unit").to_string();
        assert!(error.contains("such as \"500ms\", \"12s\" or \"30d\""), "{error}");
    }
}
