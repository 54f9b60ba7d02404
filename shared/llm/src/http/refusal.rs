//! What a provider answers instead of an answer.

use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::{Response, StatusCode};
use tokio::time::timeout;

use crate::Error;

/// How much of what it says is read, in bytes, and for how long.
const LARGEST: usize = 4096;
const PATIENCE: Duration = Duration::from_secs(1);

/// The error that a status other than success is.
pub(super) async fn of(mut response: Response) -> Error {
    let status = response.status();
    let retry_after = retry_after(response.headers(), Utc::now());
    let mut body = Vec::new();
    let words = async {
        while body.len() < LARGEST
            && let Ok(Some(bytes)) = response.chunk().await
        {
            body.extend_from_slice(&bytes);
        }
    };
    // The status alone is enough where the rest does not come.
    let _ = timeout(PATIENCE, words).await;
    body.truncate(LARGEST);
    let words = format!("{status}: {}", String::from_utf8_lossy(&body));
    if may_pass(status) {
        Error::unavailable(words).wait(retry_after)
    } else {
        Error::refused(words)
    }
}

fn may_pass(status: StatusCode) -> bool {
    status.is_server_error()
        || matches!(
            status,
            StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY
        )
}

/// The time to wait, given in seconds or as a date (RFC 9110, 10.2.3).
fn retry_after(headers: &HeaderMap, now: DateTime<Utc>) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let date = DateTime::parse_from_rfc2822(value).ok()?;
    // A date that is over asks for no wait.
    Some((date.to_utc() - now).to_std().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waits(value: &'static str) -> Option<Duration> {
        let now = DateTime::from_timestamp(1_772_442_000, 0).expect("a time");
        let headers = HeaderMap::from_iter([(RETRY_AFTER, value.parse().expect("a value"))]);
        retry_after(&headers, now)
    }

    #[test]
    fn retry_after_is_read_as_seconds_and_as_a_date() {
        assert_eq!(waits("7"), Some(Duration::from_secs(7)));
        assert_eq!(waits("0.5"), Some(Duration::from_millis(500)));
        assert_eq!(waits("Mon, 02 Mar 2026 09:00:30 GMT"), Some(Duration::from_secs(30)));
        assert_eq!(waits("Mon, 02 Mar 2026 08:00:00 GMT"), Some(Duration::ZERO));
        for nonsense in ["soon", "-1", "NaN", "1e300", ""] {
            assert_eq!(waits(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn only_what_may_pass_is_asked_again() {
        for status in [408, 425, 429, 500, 502, 503, 504, 529] {
            assert!(may_pass(StatusCode::from_u16(status).expect("a status")), "{status}");
        }
        for status in [301, 400, 401, 403, 404, 413, 422] {
            assert!(!may_pass(StatusCode::from_u16(status).expect("a status")), "{status}");
        }
    }
}
