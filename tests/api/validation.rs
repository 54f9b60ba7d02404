//! Invalid requests: one error names every invalid field, and nothing is stored.

mod ids;
mod lists;
mod messages;
mod requests;
mod tasks;
mod updates;

use tonic::{Response, Status};
use tonic_types::StatusExt as _;

use crate::support::refusal;

/// The fields of a refusal, sorted. Fails unless the status is for invalid fields and its message contains
/// the same violations.
pub(crate) fn fields<T>(answer: Result<Response<T>, Status>) -> Vec<String> {
    named(&answer.err().expect("a refusal"))
}

fn named(status: &Status) -> Vec<String> {
    let mut fields = refusal::fields(status);
    let details = status.get_details_bad_request().expect("violations");
    for violation in details.field_violations {
        let entry = format!("{} {}", violation.field, violation.description);
        assert!(!violation.description.is_empty() && status.message().contains(&entry), "{entry}");
    }
    fields.sort();
    fields
}

database_tests! {
    modules:
        ids, lists, messages, requests, tasks, updates;
}
