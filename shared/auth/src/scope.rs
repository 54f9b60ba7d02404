//! Scopes: the permissions of a token.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A permission of a token, as in the OAuth claim `scope`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Conversations, messages and turns.
    Chat,
    /// Tasks and their changes.
    Tasks,
    /// Administration of other users' data.
    Admin,
}

impl Scope {
    const ALL: [Self; 3] = [Self::Chat, Self::Tasks, Self::Admin];

    /// The scope's name in the claim.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Tasks => "tasks",
            Self::Admin => "admin",
        }
    }
}

/// A set of scopes, one bit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Scopes(u8);

impl Scopes {
    /// The scopes in a `scope` claim. Unknown names belong to other applications and are ignored.
    pub(crate) fn from_claim(claim: &str) -> Self {
        let names = claim.split_ascii_whitespace().collect::<Vec<_>>();
        Scope::ALL.into_iter().filter(|scope| names.contains(&scope.as_str())).collect()
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
