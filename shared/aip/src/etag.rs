//! Etags (AIP-154): a resource's version as callers see it.

use tandem_error::Error;

/// The etag of a version: a quoted string, the format of a strong validator in RFC 9110.
#[must_use]
pub fn from_version(version: i64) -> String {
    format!("\"{version:x}\"")
}

/// Checks that `etag` is the etag of `version`. An empty etag matches any version.
///
/// # Errors
/// [`Error::EtagMismatch`] with the current etag.
pub fn check_etag(etag: &str, version: i64) -> Result<(), Error> {
    let current = from_version(version);
    if etag.is_empty() || etag == current { Ok(()) } else { Err(Error::EtagMismatch { current }) }
}
