//! Collecting the violated rules of a section.

use crate::{HumanDuration, ValidateConfig, prefixed};

/// The violated rules of a section, for implementations of [`ValidateConfig`].
#[derive(Debug, Default)]
#[must_use]
pub struct Rules(Vec<String>);

/// A value that must not be zero.
pub trait Positive: Copy {
    /// The rule, if the value violates it.
    fn violation(self) -> Option<&'static str>;
}

impl Rules {
    /// No rule is violated so far.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds `rule` ("must be at most 100") for the setting `name` unless it holds.
    pub fn require(mut self, name: &str, holds: bool, rule: &str) -> Self {
        if !holds {
            self.0.push(format!("{name}: {rule}"));
        }
        self
    }

    /// Requires a value other than zero.
    pub fn positive(self, name: &str, value: impl Positive) -> Self {
        let violation = value.violation();
        self.require(name, violation.is_none(), violation.unwrap_or_default())
    }

    /// Adds the violated rules of a section inside this one.
    pub fn section(mut self, name: &str, section: &impl ValidateConfig) -> Self {
        self.0.extend(prefixed(name, section.validate()));
        self
    }

    /// The violated rules, each as `<path>: <rule>`.
    #[must_use]
    pub fn violations(self) -> Vec<String> {
        self.0
    }
}

macro_rules! positive_integers {
    ($($integer:ty),*) => {$(
        impl Positive for $integer {
            fn violation(self) -> Option<&'static str> {
                (self == 0).then_some("must be at least 1")
            }
        }
    )*};
}

positive_integers!(u16, u32, u64, usize);

impl Positive for HumanDuration {
    fn violation(self) -> Option<&'static str> {
        self.is_zero().then_some("must be longer than 0s")
    }
}
