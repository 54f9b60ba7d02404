//! Stand-in for `tandem_config::HumanDuration`, with the same interface and format. Delete it when that
//! type is there; `settings/mod.rs` has the only `use`.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

const UNITS: [(&str, u64); 5] =
    [("d", 24 * 60 * 60 * 1000), ("h", 60 * 60 * 1000), ("m", 60 * 1000), ("s", 1000), ("ms", 1)];

/// A duration in settings: a whole number and a unit (`500ms`, `12s`, `10m`, `6h`, `30d`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct HumanDuration {
    millis: u64,
}

impl HumanDuration {
    /// `millis` milliseconds.
    #[must_use]
    pub const fn from_millis(millis: u64) -> Self {
        Self { millis }
    }

    /// `seconds` seconds.
    #[must_use]
    pub const fn from_secs(seconds: u64) -> Self {
        Self::from_millis(seconds * 1000)
    }

    /// `hours` hours.
    #[must_use]
    pub const fn from_hours(hours: u64) -> Self {
        Self::from_secs(hours * 60 * 60)
    }

    /// The duration as a type of the standard library.
    #[must_use]
    pub const fn get(self) -> Duration {
        Duration::from_millis(self.millis)
    }

    /// Whether it is 0.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.millis == 0
    }
}

impl From<Duration> for HumanDuration {
    fn from(duration: Duration) -> Self {
        Self::from_millis(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))
    }
}

impl fmt::Display for HumanDuration {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_zero() {
            return out.write_str("0s");
        }
        let unit = UNITS.iter().find(|(_, length)| self.millis.is_multiple_of(*length));
        let (unit, length) = unit.unwrap_or(&("ms", 1));
        write!(out, "{}{unit}", self.millis / length)
    }
}

impl Serialize for HumanDuration {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for HumanDuration {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, unit) = text.split_at(digits);
        let length = UNITS.iter().find(|(name, _)| *name == unit).map(|(_, length)| *length);
        let millis =
            number.parse().ok().zip(length).and_then(|(n, it): (u64, _)| n.checked_mul(it));
        millis.map(Self::from_millis).ok_or_else(|| {
            de::Error::custom("expected a whole number with a unit, such as \"500ms\" or \"12s\"")
        })
    }
}
