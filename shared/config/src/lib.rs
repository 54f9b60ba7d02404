//! Settings of a service: defaults, then a TOML file, then the environment, in one tree. All
//! errors are reported at once, each with its source.
//!
//! One file serves all services: each has its own top-level table (`[task.server]`). A variable is
//! `TANDEM_<SERVICE>__<SECTION>__<KEY>`; see [`load`] for how its text is read.

mod duration;
mod environment;
mod error;
mod extract;
mod file;
mod layers;
mod reference;
mod render;
mod rules;
mod tree;

use std::ffi::OsString;
use std::path::Path;

use figment::value::{Dict, Value};
use serde::{Serialize, de::DeserializeOwned};

pub use duration::{HumanDuration, InvalidDuration};
pub use error::ConfigErrors;
pub use reference::settings_reference;
pub use rules::{Positive, Rules};

use error::ConfigError;
use layers::Layers;

/// The serialised form of a secret that is set: printed in its place, never read as its value.
pub const HIDDEN: &str = "***";

/// The services. Settings of the others are left alone by each; any other name is an error.
const SERVICES: [&str; 2] = ["chat", "task"];

/// Settings, or a section of them, whose values have rules.
pub trait ValidateConfig {
    /// All violated rules, each as `<path>: <rule>`, the path relative to `self`:
    /// `server.deadline: must be longer than 0`. Empty if the values are valid.
    fn validate(&self) -> Vec<String>;

    /// Environment variables without the `TANDEM_` prefix, each with the path that it sets:
    /// `("DATABASE_URL", "database.url")`. The service's own variable for the path takes precedence.
    #[must_use]
    fn aliases() -> Vec<(&'static str, String)>
    where
        Self: Sized,
    {
        Vec::new()
    }
}

/// The errors of a section, with its name before each path.
#[must_use]
pub fn prefixed(section: &str, errors: Vec<String>) -> Vec<String> {
    errors.into_iter().map(|error| format!("{section}.{error}")).collect()
}

/// Valid settings, and the source of each value.
pub struct Loaded<T> {
    /// The settings.
    pub settings: T,
    layers: Layers,
}

impl<T: Serialize> Loaded<T> {
    /// Every setting as a line of TOML, with its source as a comment and secrets hidden.
    #[must_use]
    pub fn render(&self) -> String {
        render::render(&self.layers, &known(&self.settings))
    }
}

/// Loads the settings of `service` from their defaults, `file` and `environment`, in rising precedence.
///
/// The text of a variable is taken as it stands where the setting is a string (or is read from one);
/// else it is read as TOML (`42`, `["a", "b"]`, `[{issuer = "x"}]`), as JSON, or as a list of words with
/// commas between them. An empty variable counts as not set. `…__KEY_FILE` names a file whose text,
/// without the line end, is the value of `KEY`.
///
/// # Errors
/// All errors of the file, the environment and the values: unknown tables, variables and keys, wrong types,
/// violated rules.
/// For a list only the first invalid element is reported.
pub fn load<T>(
    service: &str,
    file: Option<&Path>,
    environment: impl Iterator<Item = (OsString, OsString)>,
) -> Result<Loaded<T>, ConfigErrors>
where
    T: Default + Serialize + DeserializeOwned + ValidateConfig,
{
    load_over(&T::default(), service, file, environment)
}

/// Like [`load`], with the caller's defaults, which must not contain secrets.
///
/// # Errors
/// As [`load`].
pub fn load_over<T>(
    defaults: &T,
    service: &str,
    file: Option<&Path>,
    environment: impl Iterator<Item = (OsString, OsString)>,
) -> Result<Loaded<T>, ConfigErrors>
where
    T: Serialize + DeserializeOwned + ValidateConfig,
{
    let mut errors = Vec::new();
    let defaults = known(defaults);
    let mut layers = Layers {
        service: service.to_owned(),
        file: file.map(|path| (path.to_owned(), file::read_table(service, path, &mut errors))),
        variables: environment::read_variables(
            service,
            &T::aliases(),
            environment,
            &defaults,
            &mut errors,
        ),
        defaults: tree::without_hidden(defaults),
    };
    let settings = extract::extract::<T>(&mut layers, &mut errors);
    if let Some(settings) = &settings {
        layers.push_unknown_keys(&known(settings), &mut errors);
        ConfigError::push_violated_rules(settings.validate(), &layers, &mut errors);
    }
    match settings {
        Some(settings) if errors.is_empty() => Ok(Loaded { settings, layers }),
        _ => Err(ConfigErrors::new(service, errors)),
    }
}

/// The settings as a tree, secrets hidden. Settings that are no table have no keys.
fn known(settings: &impl Serialize) -> Dict {
    Value::serialize(settings).ok().and_then(Value::into_dict).unwrap_or_default()
}
