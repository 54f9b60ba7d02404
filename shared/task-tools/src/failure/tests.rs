//! Failures of calls: their results and whether they are retried.

use super::*;

#[test]
fn only_unavailable_is_retried() {
    for number in 0..=16 {
        let code = Code::from(number);
        let failure = Failure::from(Status::new(code, "refused"));
        assert_eq!(failure.is_retryable(), code == Code::Unavailable, "{code:?}");
        assert!(!failure.outcome_unknown(), "{code:?}");
    }
    assert!(Failure::Unavailable.is_retryable() && Failure::OutcomeUnknown.is_retryable());
}

#[test]
fn refusals_keep_their_code() {
    for (code, name) in
        [(Code::Unauthenticated, "UNAUTHENTICATED"), (Code::OutOfRange, "OUT_OF_RANGE")]
    {
        let result = Failure::from(Status::new(code, "secret")).to_result();
        assert_eq!(
            (&result["code"], &result["message"]),
            (&name.into(), &"the tool failed".into())
        );
    }
}
