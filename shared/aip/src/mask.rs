//! Field masks of updates (AIP-134, AIP-161).

use prost_types::FieldMask;
use tandem_error::{Error, Violation};

/// What an update of a resource may name.
#[derive(Debug, Clone, Copy)]
pub struct Updatable {
    /// The field of the request that holds the resource, as in `task`.
    pub resource: &'static str,
    /// The fields that callers change.
    pub fields: &'static [&'static str],
    /// The fields that the service sets: naming one is allowed and does nothing (AIP-203).
    pub output_only: &'static [&'static str],
}

/// The fields that one update changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mask(Vec<&'static str>);

impl Mask {
    /// Reads the mask of a request. Without one, the fields for which `has_value` says so are meant;
    /// `*` means every field.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming every path that is not a field of the resource.
    pub fn read(
        mask: Option<&FieldMask>,
        updatable: &Updatable,
        has_value: impl Fn(&str) -> bool,
    ) -> Result<Self, Error> {
        let paths = mask.map(|mask| mask.paths.as_slice()).unwrap_or_default();
        if paths.is_empty() {
            let fields = updatable.fields.iter().filter(|field| has_value(field));
            return Ok(Self(fields.copied().collect()));
        }
        if let [path] = paths
            && path == "*"
        {
            return Ok(Self(updatable.fields.to_vec()));
        }
        let faults = unknown(paths, updatable);
        if !faults.is_empty() {
            return Err(Error::Invalid(faults));
        }
        let named = |field: &&&str| paths.iter().any(|path| path == **field);
        Ok(Self(updatable.fields.iter().filter(named).copied().collect()))
    }

    /// Whether the update changes `field`.
    #[must_use]
    pub fn has(&self, field: &str) -> bool {
        self.0.contains(&field)
    }

    /// Drops the violations of fields that the update does not change: what a caller sends along
    /// without naming it need not be valid.
    #[must_use]
    pub fn relevant(&self, updatable: &Updatable, faults: Vec<Violation>) -> Vec<Violation> {
        let concerns_update = |fault: &Violation| match field_of(&fault.field, updatable.resource) {
            Some(field) if updatable.fields.contains(&field) => self.has(field),
            _ => true,
        };
        faults.into_iter().filter(concerns_update).collect()
    }
}

/// What an update has to say before it may happen: its mask, and with it the violations of the request
/// that count, together with those of the mask itself.
///
/// # Errors
/// [`Error::Invalid`] with all of them.
pub fn with_faults(
    mask: Result<Mask, Error>,
    updatable: &Updatable,
    faults: Vec<Violation>,
) -> Result<Mask, Error> {
    let faults = match &mask {
        Ok(mask) => mask.relevant(updatable, faults),
        Err(Error::Invalid(unknown)) => [faults.as_slice(), unknown].concat(),
        Err(_) => faults,
    };
    if faults.is_empty() { mask } else { Err(Error::Invalid(faults)) }
}

/// What is wrong with the id of the resource that an update names.
#[must_use]
pub fn check_id(field: &str, id: &str) -> Option<Violation> {
    let description = match id {
        "" => "is required",
        _ if !tandem_error::is_uuid(id) => "is not a UUID",
        _ => return None,
    };
    Some(Violation::new(field, description))
}

fn unknown(paths: &[String], updatable: &Updatable) -> Vec<Violation> {
    let is_known =
        |path: &str| updatable.fields.contains(&path) || updatable.output_only.contains(&path);
    let fault = |(index, path): (usize, &String)| {
        let description = match path.as_str() {
            "*" => "`*` stands alone".to_owned(),
            _ => format!("{path:?} is not a field of {}", updatable.resource),
        };
        Violation::new(format!("update_mask.paths[{index}]"), description)
    };
    paths.iter().enumerate().filter(|(_, path)| !is_known(path)).map(fault).collect()
}

/// The field of the resource that a violation is about: `labels` of `task.labels[3]`.
fn field_of<'a>(path: &'a str, resource: &str) -> Option<&'a str> {
    let path = path.strip_prefix(resource)?.strip_prefix('.')?;
    path.split(['.', '[']).next()
}

#[cfg(test)]
mod tests;
