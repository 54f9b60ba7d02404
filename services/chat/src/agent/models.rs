//! The models that may answer, by name.

use std::sync::Arc;

use tandem_error::Error;

use tandem_llm::{self as llm, Model};
use tandem_llm_builtin::Builtin;

/// The models that callers may choose; the first answers those who choose none.
#[derive(Clone)]
pub struct Models(Vec<Arc<dyn Model>>);

impl Models {
    /// `first`, and `others` that callers may name instead.
    #[must_use]
    pub fn new(first: Arc<dyn Model>, others: Vec<Arc<dyn Model>>) -> Self {
        Self([vec![first], others].concat())
    }

    /// Those that the settings name.
    ///
    /// # Errors
    /// What is wrong with the settings.
    pub fn open(settings: &llm::Settings) -> Result<Self, String> {
        let builtin: Arc<dyn Model> = Arc::new(Builtin);
        llm::open_models(settings, &builtin).map(Self)
    }

    /// The model of a turn: the first where the turn was posted under other settings, and the one that
    /// it names is gone.
    #[must_use]
    pub fn of_turn(&self, name: &str) -> Arc<dyn Model> {
        Arc::clone(self.0.iter().find(|model| model.name() == name).unwrap_or(&self.0[0]))
    }

    /// The model called `name`; the first where it is empty.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming those there are.
    pub fn find(&self, name: &str) -> Result<Arc<dyn Model>, Error> {
        let found = self.0.iter().find(|model| name.is_empty() || model.name() == name);
        found.map(Arc::clone).ok_or_else(|| {
            let names = self.0.iter().map(|model| model.name()).collect::<Vec<_>>().join(", ");
            Error::invalid("model", format!("is none of those allowed: {names}"))
        })
    }
}
