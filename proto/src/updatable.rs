//! Resources with an update method (AIP-134).

/// The fields of a resource that an update can change. Generated: a field is updatable unless it is
/// OUTPUT_ONLY, IDENTIFIER or IMMUTABLE, or is the etag.
pub trait Updatable {
    /// The field of the update request that contains the resource.
    const NAME: &'static str;

    /// The fields that an update can change.
    const UPDATABLE: &'static [&'static str];

    /// The fields that a mask may name without effect (AIP-203).
    const IGNORED: &'static [&'static str];

    /// Whether an updatable field has a value other than its zero value: an update without a mask changes
    /// these. `false` for every other name.
    fn has_value(&self, field: &str) -> bool;
}
