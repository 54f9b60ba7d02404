//! The model that the caller of this crate passes in, for example one that needs no network.

use std::sync::Arc;

use super::{OpenContext, ProviderKind};
use crate::{Kind, Model, Provider};

struct Builtin;

impl Kind {
    /// The model that is a part of the service.
    pub const BUILTIN: Self = Self::new(&Builtin);
}

impl ProviderKind for Builtin {
    fn name(&self) -> &'static str {
        "builtin"
    }

    fn validate(&self, _: &Provider) -> Vec<String> {
        Vec::new()
    }

    fn open(&self, context: &OpenContext<'_>) -> Result<Arc<dyn Model>, String> {
        Ok(Arc::clone(context.builtin))
    }
}
