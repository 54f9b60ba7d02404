//! What went wrong with a call, in words.

use std::error::Error as _;

/// An error with all that it comes from, and without the address: it is no secret in the settings, and
/// may hold one in somebody's query.
pub(super) fn in_full(error: &reqwest::Error) -> String {
    let mut words = match error {
        error if error.is_connect() => "cannot connect".to_owned(),
        error if error.is_timeout() => "took too long".to_owned(),
        error if error.is_body() || error.is_decode() => "the answer broke off".to_owned(),
        _ => "the call failed".to_owned(),
    };
    let mut source = error.source();
    while let Some(cause) = source {
        words = format!("{words}: {cause}");
        source = cause.source();
    }
    words
}
