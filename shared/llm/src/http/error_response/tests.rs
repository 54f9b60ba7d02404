//! What the status, the headers and the body of a response mean for a retry.

use reqwest::header::HeaderName;
use serde_json::json;

use super::*;

fn headers<const N: usize>(values: [(&'static str, &'static str); N]) -> HeaderMap {
    let value = |value: &str| value.parse().expect("a value");
    values.map(|(name, it)| (HeaderName::from_static(name), value(it))).into_iter().collect()
}

fn parse(value: &'static str) -> Option<Duration> {
    let now = DateTime::from_timestamp(1_772_442_000, 0).expect("a time");
    retry_after(&headers([("retry-after", value)]), now)
}

fn status(status: u16) -> StatusCode {
    StatusCode::from_u16(status).expect("a status")
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
    let is_retryable = |code| classify(status(code), &HeaderMap::new(), "no").is_retryable();
    for code in [408, 409, 425, 429, 500, 502, 503, 504, 529] {
        assert!(is_retryable(code), "{code}");
    }
    for code in [301, 400, 401, 402, 403, 404, 413, 422] {
        assert!(!is_retryable(code), "{code}");
    }
}

#[test]
fn delay_comes_from_headers_or_body() {
    let milliseconds = headers([("retry-after-ms", "40"), ("retry-after", "7")]);
    let error = classify(status(429), &milliseconds, "");
    assert_eq!(error.retry_after(), Some(Duration::from_millis(40)));
    let info = json!({"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "34.5s"});
    let gemini = json!({"error": {"code": 429, "details": [{"@type": "other"}, info]}});
    for body in [gemini.to_string(), json!([gemini]).to_string()] {
        let error = classify(status(429), &HeaderMap::new(), &body);
        assert_eq!(error.retry_after(), Some(Duration::from_millis(34_500)));
    }
}

#[test]
fn the_provider_decides_about_retries() {
    let should_retry = |value| headers([("x-should-retry", value)]);
    assert!(classify(status(400), &should_retry("true"), "").is_retryable());
    assert!(!classify(status(503), &should_retry("false"), "").is_retryable());
}

#[test]
fn an_account_without_credit_is_not_retried() {
    let body = json!({"error": {"type": "insufficient_quota", "code": "insufficient_quota"}});
    let error = classify(status(429), &headers([("retry-after", "1")]), &body.to_string());
    assert!(!error.is_retryable() && !error.is_rejected(), "but the model cools down: {error}");
}
