//! The kinds of providers that settings can name.

use std::borrow::Cow;
use std::fmt;
use std::sync::LazyLock;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::providers::ProviderKind;

/// All kinds. A kind that is missing here cannot be configured; a test compares the list with the
/// folders of `providers`.
const KINDS: &[Kind] =
    &[Kind::BUILTIN, Kind::OPENAI, Kind::GEMINI, Kind::ANTHROPIC, Kind::SCRIPTED];

static KIND_NAMES: LazyLock<Vec<&str>> =
    LazyLock::new(|| KINDS.iter().map(|kind| kind.name()).collect());

/// The kind of a provider: which protocol it speaks, or where its responses come from. Each kind is a
/// constant defined in its folder of `providers`.
#[derive(Clone, Copy)]
pub struct Kind(&'static dyn ProviderKind);

impl Kind {
    pub(crate) const fn new(implementation: &'static dyn ProviderKind) -> Self {
        Self(implementation)
    }

    /// All kinds, in the order of the registry.
    pub fn all() -> impl Iterator<Item = Self> {
        KINDS.iter().copied()
    }

    /// The value of the setting `kind`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.0.name()
    }

    pub(crate) fn find_by_name(name: &str) -> Option<Self> {
        Self::all().find(|kind| kind.name() == name)
    }

    pub(crate) fn implementation(self) -> &'static dyn ProviderKind {
        self.0
    }
}

/// The environment variables of the preconfigured providers, each with the path that it sets, relative
/// to the section `models`: `("OPENAI_API_KEY", "providers.openai.api_key")`.
pub fn environment_aliases() -> impl Iterator<Item = (&'static str, String)> {
    Kind::all().flat_map(|kind| {
        let variables = kind.implementation().environment_variables().iter();
        variables.map(move |(name, field)| (*name, format!("providers.{}.{field}", kind.name())))
    })
}

impl fmt::Debug for Kind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

impl PartialEq for Kind {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for Kind {}

impl Serialize for Kind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Kind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::find_by_name(&name).ok_or_else(|| de::Error::unknown_variant(&name, &KIND_NAMES))
    }
}

impl JsonSchema for Kind {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Kind".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "enum": KIND_NAMES.as_slice() })
    }
}

#[cfg(test)]
mod tests;
