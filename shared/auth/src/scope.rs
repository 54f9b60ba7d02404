//! What a token may be used for.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One thing that a token may be used for, as the OAuth claim `scope` names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Conversations, messages and turns.
    Chat,
    /// Tasks.
    Tasks,
    /// Other people's accounts.
    Admin,
}

impl Scope {
    const ALL: [Self; 3] = [Self::Chat, Self::Tasks, Self::Admin];

    /// The scope as the claim spells it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Tasks => "tasks",
            Self::Admin => "admin",
        }
    }
}

/// Several scopes, a bit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Scopes(u8);

impl Scopes {
    /// The scopes of a `scope` claim. Other words are other people's scopes, and mean nothing here.
    pub(crate) fn from_claim(claim: &str) -> Self {
        let known = |word| Scope::ALL.into_iter().find(|scope| scope.as_str() == word);
        claim.split_ascii_whitespace().filter_map(known).collect()
    }

    pub(crate) fn contains(self, scope: Scope) -> bool {
        self.0 & (1 << scope as u8) != 0
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Self(scopes.into_iter().fold(0, |bits, scope| bits | 1 << scope as u8))
    }
}
