//! Failures that providers describe in JSON, as a response or as an event of a stream.

use std::time::Duration;

use serde_json::Value;

use crate::Error;

/// Error types and codes of requests that no retry mends.
const REJECTIONS: &[&str] = &[
    "invalid_request_error",
    "authentication_error",
    "permission_error",
    "not_found_error",
    "request_too_large",
];

/// The failure that an event of a stream describes. `error` is the value of its field `error`.
pub(crate) fn from_event(error: &Value) -> Error {
    let message = error.to_string();
    let code = error["code"].as_u64();
    let is_rejected = code.is_some_and(|code| (400..500).contains(&code) && !is_transient(code))
        || names(error).any(|name| REJECTIONS.contains(&name));
    if is_exhausted(error) {
        Error::exhausted(message)
    } else if is_rejected {
        Error::rejected(message)
    } else {
        Error::unavailable(message).with_retry_after(retry_delay(error))
    }
}

/// The description in a response body: the field `error` of an object, or of the first one in a list.
pub(super) fn find_error(body: &str) -> Value {
    let body: Value = serde_json::from_str(body).unwrap_or_default();
    let object = body.get(0).unwrap_or(&body);
    object["error"].clone()
}

/// Whether the account has no credit left. More requests have the same result.
pub(super) fn is_exhausted(error: &Value) -> bool {
    names(error).any(|name| {
        ["insufficient_quota", "billing_error", "billing_hard_limit_reached"].contains(&name)
    })
}

/// The delay that Gemini requests: `google.rpc.RetryInfo` in the details.
pub(super) fn retry_delay(error: &Value) -> Option<Duration> {
    let details = error["details"].as_array()?.iter();
    let delay = details.filter_map(|detail| detail["retryDelay"].as_str()).next()?;
    Duration::try_from_secs_f64(delay.strip_suffix('s')?.parse().ok()?).ok()
}

/// Whether a request with this status may succeed later.
pub(super) fn is_transient(status: u64) -> bool {
    status >= 500 || matches!(status, 408 | 409 | 425 | 429)
}

fn names(error: &Value) -> impl Iterator<Item = &str> {
    ["type", "code", "status"].into_iter().filter_map(|field| error[field].as_str())
}
