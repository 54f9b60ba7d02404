//! Messages of failed requests.

use std::error::Error as _;

/// An error with all its causes but without the URL, whose query may contain a secret.
pub(super) fn describe_error(error: &reqwest::Error) -> String {
    let mut message = match error {
        error if error.is_connect() => "cannot connect".to_owned(),
        error if error.is_timeout() => "timed out".to_owned(),
        error if error.is_body() || error.is_decode() => "the response broke off".to_owned(),
        _ => "the request failed".to_owned(),
    };
    let mut source = error.source();
    while let Some(cause) = source {
        message = format!("{message}: {cause}");
        source = cause.source();
    }
    message
}
