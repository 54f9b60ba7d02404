//! Field masks of updates (AIP-134, AIP-161).

use prost_types::FieldMask;
use tandem_error::{Error, Violation};

/// The fields of a resource that an update mask may name.
#[derive(Debug, Clone, Copy)]
pub struct Updatable {
    /// The request's field with the resource, such as `task`.
    pub resource: &'static str,
    /// The fields that callers may change.
    pub fields: &'static [&'static str],
    /// Output-only fields: a mask may name them, and they are ignored (AIP-203).
    pub output_only: &'static [&'static str],
}

/// The fields that an update changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mask(Vec<&'static str>);

impl Mask {
    /// The mask of a request. Without one, the fields for which `has_value` returns `true`; `*` selects
    /// every field.
    ///
    /// # Errors
    /// [`Error::Invalid`] with every path that is not a field of the resource.
    pub fn from_request(
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
        let violations = unknown_paths(paths, updatable);
        if !violations.is_empty() {
            return Err(Error::Invalid(violations));
        }
        let fields = updatable.fields.iter().copied();
        Ok(Self(fields.filter(|field| paths.iter().any(|path| path == field)).collect()))
    }

    /// Whether the update changes `field`.
    #[must_use]
    pub fn has(&self, field: &str) -> bool {
        self.0.contains(&field)
    }

    /// The violations without those of fields that the update does not change: unselected fields need not
    /// be valid.
    #[must_use]
    pub fn filter_violations(
        &self,
        updatable: &Updatable,
        violations: Vec<Violation>,
    ) -> Vec<Violation> {
        violations
            .into_iter()
            .filter(|violation| self.includes_violation(updatable, violation))
            .collect()
    }

    /// Whether a violation is of a selected field, or of none of the resource's updatable fields.
    fn includes_violation(&self, updatable: &Updatable, violation: &Violation) -> bool {
        match resource_field(&violation.field, updatable.resource) {
            Some(field) if updatable.fields.contains(&field) => self.has(field),
            _ => true,
        }
    }
}

/// Combines the mask of an update with the violations of its request, without those of fields that the
/// update does not change.
///
/// # Errors
/// [`Error::Invalid`] with the violations of both; another error of the mask if there are none.
pub fn merge_violations(
    mask: Result<Mask, Error>,
    updatable: &Updatable,
    violations: Vec<Violation>,
) -> Result<Mask, Error> {
    let violations = match &mask {
        Ok(mask) => mask.filter_violations(updatable, violations),
        Err(Error::Invalid(unknown)) => [violations.as_slice(), unknown].concat(),
        Err(_) => violations,
    };
    if violations.is_empty() { mask } else { Err(Error::Invalid(violations)) }
}

/// The violation of a resource id, if it is missing or not a UUID.
#[must_use]
pub fn validate_id(field: &str, id: &str) -> Option<Violation> {
    let description = match id {
        "" => "is required",
        _ if !tandem_error::is_uuid(id) => "is not a UUID",
        _ => return None,
    };
    Some(Violation::new(field, description))
}

fn unknown_paths(paths: &[String], updatable: &Updatable) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (index, path) in paths.iter().enumerate() {
        let path = path.as_str();
        if updatable.fields.contains(&path) || updatable.output_only.contains(&path) {
            continue;
        }
        let description = match path {
            "*" => "`*` must be the only path".to_owned(),
            _ => format!("{path:?} is not a field of {}", updatable.resource),
        };
        violations.push(Violation::new(format!("update_mask.paths[{index}]"), description));
    }
    violations
}

/// The resource's field in a violation's path: `labels` of `task.labels[3]`.
fn resource_field<'a>(path: &'a str, resource: &str) -> Option<&'a str> {
    let path = path.strip_prefix(resource)?.strip_prefix('.')?;
    path.split(['.', '[']).next()
}

#[cfg(test)]
mod tests;
