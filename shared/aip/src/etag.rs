//! Etags (AIP-154): the version of a resource as callers see it.

use tandem_error::Error;

/// The etag of the version `version`: a quoted string, as RFC 9110 writes a strong validator.
#[must_use]
pub fn of(version: i64) -> String {
    format!("\"{version:x}\"")
}

/// Whether a write that names `etag` means the version `version`. An empty etag means any.
///
/// # Errors
/// [`Error::EtagMismatch`] with the current etag.
pub fn expect(etag: &str, version: i64) -> Result<(), Error> {
    let current = of(version);
    if etag.is_empty() || etag == current { Ok(()) } else { Err(Error::EtagMismatch { current }) }
}
