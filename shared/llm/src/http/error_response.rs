//! Responses with an error status.

use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::{Response, StatusCode};
use tandem_clock::Clock;
use tokio::time::timeout;

use super::provider_error::{find_error, is_exhausted, is_transient, retry_delay};
use crate::Error;

/// How much of an error body is read, in bytes, and for how long.
const MAX_BODY_BYTES: usize = 16 * 1024;
const BODY_TIMEOUT: Duration = Duration::from_secs(1);

/// The error of a response whose status is not a success.
pub(super) async fn read_error(mut response: Response) -> Error {
    let (status, headers) = (response.status(), response.headers().clone());
    let mut body = Vec::new();
    let read_body = async {
        while body.len() < MAX_BODY_BYTES
            && let Ok(Some(bytes)) = response.chunk().await
        {
            body.extend_from_slice(&bytes);
        }
    };
    // Without a complete body, the status is enough.
    let _ = timeout(BODY_TIMEOUT, read_body).await;
    body.truncate(MAX_BODY_BYTES);
    classify(status, &headers, &String::from_utf8_lossy(&body))
}

fn classify(status: StatusCode, headers: &HeaderMap, body: &str) -> Error {
    let (error, message) = (find_error(body), format!("{status}: {body}"));
    if status == StatusCode::PAYMENT_REQUIRED || is_exhausted(&error) {
        return Error::exhausted(message);
    }
    let retry_after = retry_after(headers, Clock::system().now().to_datetime());
    let retry_after = retry_after.or_else(|| retry_delay(&error));
    match should_retry(headers) {
        Some(true) => Error::unavailable(message).with_retry_after(retry_after),
        Some(false) if is_transient(status.as_u16().into()) => {
            Error::exhausted(message).with_retry_after(retry_after)
        }
        None if is_transient(status.as_u16().into()) => {
            Error::unavailable(message).with_retry_after(retry_after)
        }
        Some(false) | None => Error::rejected(message),
    }
}

/// The provider's own instruction about a retry; it has precedence over the status.
fn should_retry(headers: &HeaderMap) -> Option<bool> {
    headers.get("x-should-retry")?.to_str().ok()?.parse().ok()
}

/// The delay of the header `retry-after-ms`, or of `Retry-After`, in seconds or as a date (RFC 9110,
/// 10.2.3).
fn retry_after(headers: &HeaderMap, now: DateTime<Utc>) -> Option<Duration> {
    let number = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse::<f64>().ok();
    if let Some(milliseconds) = number("retry-after-ms") {
        return Duration::try_from_secs_f64(milliseconds / 1000.0).ok();
    }
    if let Some(seconds) = number(RETRY_AFTER.as_str()) {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let date = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let date = DateTime::parse_from_rfc2822(date).ok()?;
    // A date in the past is no delay.
    Some((date.to_utc() - now).to_std().unwrap_or_default())
}

#[cfg(test)]
mod tests;
