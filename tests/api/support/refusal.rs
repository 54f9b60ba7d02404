//! What a refused call says.

use std::fmt::Debug;

use tonic::{Code, Response, Status};
use tonic_types::StatusExt as _;

/// The status of a call that has to be refused.
pub(crate) fn refused<T: Debug>(answer: Result<Response<T>, Status>) -> Status {
    answer.expect_err("the call is refused")
}

/// Its code, and the reason in its `google.rpc.ErrorInfo`.
pub(crate) fn reason(status: &Status) -> (Code, String) {
    let info = status.get_details_error_info().expect("every refusal carries an ErrorInfo");
    assert_eq!(info.domain, "tandem");
    (status.code(), info.reason)
}

/// A value of the metadata in its `google.rpc.ErrorInfo`.
pub(crate) fn metadata(status: &Status, key: &str) -> String {
    let info = status.get_details_error_info().expect("every refusal carries an ErrorInfo");
    info.metadata.get(key).cloned().unwrap_or_else(|| panic!("{key} in {:?}", info.metadata))
}

/// The fields that an INVALID_ARGUMENT names.
pub(crate) fn fields(status: &Status) -> Vec<String> {
    assert_eq!(reason(status), (Code::InvalidArgument, "FIELDS_INVALID".to_owned()));
    let request = status.get_details_bad_request().expect("a BadRequest names the fields");
    request.field_violations.into_iter().map(|fault| fault.field).collect()
}
