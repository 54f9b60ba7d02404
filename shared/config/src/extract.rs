//! From the tree to the settings, without the values that do not fit.

use serde::de::DeserializeOwned;

use crate::error::ConfigError;
use crate::layers::Layers;

/// The settings. A value of a wrong type is added to `errors`, and the layer below gives the value.
/// `None` if the defaults do not fit.
pub(crate) fn extract<T: DeserializeOwned>(
    layers: &mut Layers,
    errors: &mut Vec<ConfigError>,
) -> Option<T> {
    // Serde stops at the first error; each round takes one out of a layer, so the rounds end.
    loop {
        let error = match layers.merged_tree().deserialize() {
            Ok(settings) => return Some(settings),
            Err(error) => error,
        };
        match layers.discard_invalid(ConfigError::from_figment(&error, layers)) {
            Ok(error) => errors.extend(error),
            Err(error) => {
                errors.push(error);
                return None;
            }
        }
    }
}
