//! Errors in settings, one line each. Values are never quoted: one may be a secret.

use std::fmt;

use figment::error::{Actual, Error, Kind};

use crate::layers::{Layers, Origin};
use crate::tree::Path;

/// All errors in the settings, one line each: the path, the error, and the source of the value.
#[derive(Debug)]
pub struct ConfigErrors {
    lines: Vec<String>,
}

impl ConfigErrors {
    pub(crate) fn new(service: &str, errors: Vec<ConfigError>) -> Self {
        Self { lines: errors.iter().map(|error| error.format_line(service)).collect() }
    }

    /// The lines, in the order in which the errors were found.
    #[must_use]
    pub fn lines(&self) -> &[String] {
        &self.lines
    }
}

impl fmt::Display for ConfigErrors {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.lines.join("\n"))
    }
}

impl std::error::Error for ConfigErrors {}

/// One error.
#[derive(Debug, Clone)]
pub(crate) struct ConfigError {
    /// The setting, relative to the service; empty if the error is not about a single setting.
    pub(crate) path: Path,
    pub(crate) message: String,
    /// The source of the value.
    pub(crate) origin: Origin,
}

impl ConfigError {
    /// The error that figment reports for a value.
    pub(crate) fn from_figment(error: &Error, layers: &Layers) -> Self {
        let mut path = error.path.clone();
        let origin = layers.origin(&path);
        if let Kind::MissingField(name) = &error.kind {
            path.push(name.to_string());
        }
        Self { path, message: describe_kind(&error.kind), origin }
    }

    /// Adds the violated rules, except those of values that have an error already and were replaced by
    /// their default.
    pub(crate) fn push_violated_rules(rules: Vec<String>, layers: &Layers, errors: &mut Vec<Self>) {
        for rule in rules {
            let (path, message) = rule.split_once(": ").unwrap_or(("", &rule));
            let path: Path = path.split('.').map(str::to_owned).collect();
            if !errors.iter().any(|error| error.path.starts_with(&path)) {
                let origin = layers.origin(&path);
                errors.push(Self { path, message: message.to_owned(), origin });
            }
        }
    }

    fn format_line(&self, service: &str) -> String {
        if self.path.is_empty() {
            return format!("{}: {}", self.origin, self.message);
        }
        format!("{service}.{}: {} ({})", self.path.join("."), self.message, self.origin)
    }
}

fn describe_kind(kind: &Kind) -> String {
    match kind {
        Kind::Message(text) => text.clone(),
        Kind::InvalidType(found, expected) => {
            format!("expected {expected}, found {}", type_name(found))
        }
        Kind::InvalidValue(_, expected) | Kind::InvalidLength(_, expected) => {
            format!("expected {expected}")
        }
        Kind::UnknownVariant(_, expected) => format!("expected one of {}", expected.join(", ")),
        Kind::UnknownField(..) => "is not a setting".to_owned(),
        Kind::MissingField(_) => "is missing".to_owned(),
        Kind::DuplicateField(_) => "is set twice".to_owned(),
        Kind::ISizeOutOfRange(_) | Kind::USizeOutOfRange(_) => "is out of range".to_owned(),
        Kind::Unsupported(_) | Kind::UnsupportedKey(..) => "cannot be set to this".to_owned(),
    }
}

/// The type of a value, without the value.
fn type_name(value: &Actual) -> &'static str {
    match value {
        Actual::Bool(_) => "a boolean",
        Actual::Unsigned(_) | Actual::Signed(_) => "an integer",
        Actual::Float(_) => "a number",
        Actual::Char(_) | Actual::Str(_) => "a string",
        Actual::Seq | Actual::Bytes(_) => "a list",
        Actual::Map => "a table",
        _ => "something else",
    }
}
