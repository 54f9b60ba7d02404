//! Settings of a service: defaults, then a TOML file, then the environment, in one tree. Everything
//! that is wrong is reported at once, with the place that it came from.
//!
//! One file serves all services: each has its own top-level table (`[task.server]`). A variable is
//! `TANDEM_<SERVICE>__<SECTION>__<KEY>`; see [`load`] for how its text is read.

mod environment;
mod extract;
mod fault;
mod file;
mod layers;
mod render;
mod tree;

use std::path::Path;

use figment::value::{Dict, Value};
use serde::{Serialize, de::DeserializeOwned};

pub use fault::Faults;

use fault::Fault;
use layers::Layers;

/// What a secret that is set serialises as: shown in its place, and never taken for its value.
pub const HIDDEN: &str = "***";

/// What the loader asks of the settings of a service.
pub trait Check {
    /// Everything that is wrong with the values, each as `<path>: <what is wrong>`, the path relative
    /// to `self`: `server.deadline_seconds: must be at least 1`.
    fn faults(&self) -> Vec<String>;

    /// Variables with names of their own, each with the path that it sets: `("DATABASE_URL",
    /// "database.url")`. The service's own variable for the path wins.
    #[must_use]
    fn aliases() -> &'static [(&'static str, &'static str)]
    where
        Self: Sized,
    {
        &[]
    }
}

/// The faults of a section as faults of what holds it.
#[must_use]
pub fn within(section: &str, faults: Vec<String>) -> Vec<String> {
    faults.into_iter().map(|fault| format!("{section}.{fault}")).collect()
}

/// Settings that passed every check, and where each value came from.
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
/// Every fault of file, environment and values: unknown keys, wrong types, broken rules. Of a list
/// only the first element that is wrong is reported.
pub fn load<T>(
    service: &str,
    file: Option<&Path>,
    environment: impl Iterator<Item = (String, String)>,
) -> Result<Loaded<T>, Faults>
where
    T: Default + Serialize + DeserializeOwned + Check,
{
    load_over(&T::default(), service, file, environment)
}

/// The same as [`load`], with defaults of the caller's own. They hold no secrets.
///
/// # Errors
/// As [`load`].
pub fn load_over<T>(
    defaults: &T,
    service: &str,
    file: Option<&Path>,
    environment: impl Iterator<Item = (String, String)>,
) -> Result<Loaded<T>, Faults>
where
    T: Serialize + DeserializeOwned + Check,
{
    let mut faults = Vec::new();
    let defaults = known(defaults);
    let mut layers = Layers {
        service: service.to_owned(),
        file: file.map(|path| (path.to_owned(), file::table(service, path, &mut faults))),
        variables: environment::variables(
            service,
            T::aliases(),
            environment,
            &defaults,
            &mut faults,
        ),
        defaults: tree::without_hidden(defaults),
    };
    let settings = extract::extract::<T>(&mut layers, &mut faults);
    if let Some(settings) = &settings {
        layers.find_unknown(&known(settings), &mut faults);
        Fault::add_broken_rules(settings.faults(), &layers, &mut faults);
    }
    match settings {
        Some(settings) if faults.is_empty() => Ok(Loaded { settings, layers }),
        _ => Err(Faults::new(service, faults)),
    }
}

/// The settings as a tree, secrets hidden. Settings that are no table have no keys.
fn known(settings: &impl Serialize) -> Dict {
    Value::serialize(settings).ok().and_then(Value::into_dict).unwrap_or_default()
}
