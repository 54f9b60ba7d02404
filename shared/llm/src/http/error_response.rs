//! Responses with an error status.

use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::{Response, StatusCode};
use tandem_clock::Clock;
use tokio::time::timeout;

use crate::Error;

/// How much of an error body is read, in bytes, and for how long.
const MAX_BODY_BYTES: usize = 4096;
const BODY_TIMEOUT: Duration = Duration::from_secs(1);

/// The error of a response whose status is not a success.
pub(super) async fn read_error(mut response: Response) -> Error {
    let status = response.status();
    let retry_after = retry_after(response.headers(), Clock::system().now().to_datetime());
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
    let message = format!("{status}: {}", String::from_utf8_lossy(&body));
    if is_retryable(status) {
        Error::unavailable(message).with_retry_after(retry_after)
    } else {
        Error::rejected(message)
    }
}

fn is_retryable(status: StatusCode) -> bool {
    status.is_server_error()
        || matches!(
            status,
            StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY
        )
}

/// The delay of the header `Retry-After`, in seconds or as a date (RFC 9110, 10.2.3).
fn retry_after(headers: &HeaderMap, now: DateTime<Utc>) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let date = DateTime::parse_from_rfc2822(value).ok()?;
    // A date in the past is no delay.
    Some((date.to_utc() - now).to_std().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(value: &'static str) -> Option<Duration> {
        let now = DateTime::from_timestamp(1_772_442_000, 0).expect("a time");
        let headers = HeaderMap::from_iter([(RETRY_AFTER, value.parse().expect("a value"))]);
        retry_after(&headers, now)
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        assert_eq!(parse("7"), Some(Duration::from_secs(7)));
        assert_eq!(parse("0.5"), Some(Duration::from_millis(500)));
        assert_eq!(parse("Mon, 02 Mar 2026 09:00:30 GMT"), Some(Duration::from_secs(30)));
        assert_eq!(parse("Mon, 02 Mar 2026 08:00:00 GMT"), Some(Duration::ZERO));
        for invalid in ["soon", "-1", "NaN", "1e300", ""] {
            assert_eq!(parse(invalid), None, "{invalid}");
        }
    }

    #[test]
    fn only_transient_statuses_are_retryable() {
        for status in [408, 425, 429, 500, 502, 503, 504, 529] {
            assert!(is_retryable(StatusCode::from_u16(status).expect("a status")), "{status}");
        }
        for status in [301, 400, 401, 403, 404, 413, 422] {
            assert!(!is_retryable(StatusCode::from_u16(status).expect("a status")), "{status}");
        }
    }
}
