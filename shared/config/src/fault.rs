//! What is wrong with the settings, in lines for people. Values are never quoted: one may be a secret.

use std::fmt;

use figment::error::{Actual, Error, Kind};

use crate::layers::{Layers, Origin};
use crate::tree::Path;

/// Everything that is wrong, a line each: the path, what is wrong with it, and where it was set.
#[derive(Debug)]
pub struct Faults {
    lines: Vec<String>,
}

impl Faults {
    pub(crate) fn new(service: &str, faults: Vec<Fault>) -> Self {
        Self { lines: faults.iter().map(|fault| fault.line(service)).collect() }
    }

    /// The lines, in the order in which the faults were found.
    #[must_use]
    pub fn lines(&self) -> &[String] {
        &self.lines
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.lines.join("\n"))
    }
}

impl std::error::Error for Faults {}

/// One thing that is wrong.
#[derive(Debug, Clone)]
pub(crate) struct Fault {
    /// Where in the settings of the service; empty when it is no single setting.
    pub(crate) path: Path,
    /// What is wrong.
    pub(crate) what: String,
    /// Where the value came from.
    pub(crate) origin: Origin,
}

impl Fault {
    /// What figment found wrong with a value.
    pub(crate) fn of(error: &Error, layers: &Layers) -> Self {
        let mut path = error.path.clone();
        let origin = layers.origin(&path);
        if let Kind::MissingField(name) = &error.kind {
            path.push(name.to_string());
        }
        Self { path, what: describe(&error.kind), origin }
    }

    /// Adds the rules that the values break, but of values that have a fault already and were
    /// replaced by their default.
    pub(crate) fn add_broken_rules(rules: Vec<String>, layers: &Layers, faults: &mut Vec<Self>) {
        for rule in rules {
            let (path, what) = rule.split_once(": ").unwrap_or(("", &rule));
            let path: Path = path.split('.').map(str::to_owned).collect();
            if !faults.iter().any(|fault| fault.path.starts_with(&path)) {
                let origin = layers.origin(&path);
                faults.push(Self { path, what: what.to_owned(), origin });
            }
        }
    }

    fn line(&self, service: &str) -> String {
        let path: Vec<&str> =
            std::iter::once(service).chain(self.path.iter().map(String::as_str)).collect();
        format!("{}: {} ({})", path.join("."), self.what, self.origin)
    }
}

fn describe(kind: &Kind) -> String {
    match kind {
        Kind::Message(text) => text.clone(),
        Kind::InvalidType(found, expected) => {
            format!("expected {expected}, found {}", name(found))
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

/// The kind of a value, without the value.
fn name(value: &Actual) -> &'static str {
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
