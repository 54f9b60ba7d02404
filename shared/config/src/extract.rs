//! From the tree to the settings, past every value that does not fit.

use serde::de::DeserializeOwned;

use crate::fault::Fault;
use crate::layers::Layers;

/// The settings. Values of a wrong type are noted in `faults` and replaced by what lies below them.
/// `None` when the defaults themselves do not fit.
pub(crate) fn extract<T: DeserializeOwned>(
    layers: &mut Layers,
    faults: &mut Vec<Fault>,
) -> Option<T> {
    // Serde stops at the first fault; each round takes one out of a layer, so the rounds end.
    loop {
        let error = match layers.tree().deserialize() {
            Ok(settings) => return Some(settings),
            Err(error) => error,
        };
        match layers.discard(Fault::of(&error, layers)) {
            Ok(fault) => faults.extend(fault),
            Err(fault) => {
                faults.push(fault);
                return None;
            }
        }
    }
}
