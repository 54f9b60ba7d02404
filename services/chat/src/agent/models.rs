//! The models, by name.

use std::sync::Arc;

use tandem_error::Error;

use tandem_llm::{self as llm, Model};
use tandem_llm_builtin::Builtin;

/// The models that callers may select; the first is the default.
#[derive(Clone)]
pub struct Models(Vec<Arc<dyn Model>>);

impl Models {
    #[must_use]
    pub fn new(default: Arc<dyn Model>, others: Vec<Arc<dyn Model>>) -> Self {
        Self([vec![default], others].concat())
    }

    /// Opens the models that the settings name.
    ///
    /// # Errors
    /// A description of the invalid setting.
    pub fn open(settings: &llm::Settings) -> Result<Self, String> {
        let builtin: Arc<dyn Model> = Arc::new(Builtin);
        llm::open_models(settings, &builtin).map(Self)
    }

    /// The model of a stored turn; the default if the settings no longer have that model.
    #[must_use]
    pub fn find_or_default(&self, name: &str) -> Arc<dyn Model> {
        Arc::clone(self.0.iter().find(|model| model.name() == name).unwrap_or(&self.0[0]))
    }

    /// The model that a caller selects by name; the default if the name is empty.
    ///
    /// # Errors
    /// [`Error::Invalid`] with the names of the models.
    pub fn select_model(&self, name: &str) -> Result<Arc<dyn Model>, Error> {
        let found = self.0.iter().find(|model| name.is_empty() || model.name() == name);
        found.map(Arc::clone).ok_or_else(|| {
            let names = self.0.iter().map(|model| model.name()).collect::<Vec<_>>().join(", ");
            Error::invalid("model", format!("is not one of the allowed models: {names}"))
        })
    }
}
