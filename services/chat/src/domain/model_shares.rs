//! What each model contributed to a turn: the list that a caller selects may call several.

use std::collections::BTreeMap;

/// Tokens of one model in one turn.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tokens {
    pub input: i64,
    pub output: i64,
}

/// The models of one turn.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ModelShares {
    /// The name of the model that answered last; `None` if none did.
    pub latest: Option<String>,
    /// The tokens by name of the model, also those of failed calls.
    pub tokens: BTreeMap<String, Tokens>,
}

impl ModelShares {
    pub fn add_tokens(&mut self, model: &str, tokens: Tokens) {
        let share = self.tokens.entry(model.to_owned()).or_default();
        share.input = share.input.saturating_add(tokens.input);
        share.output = share.output.saturating_add(tokens.output);
    }
}
