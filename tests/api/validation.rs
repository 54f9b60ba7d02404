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

/// The fields that a refusal names, in order. Fails unless it is a refusal for fields, with the same
/// said in its message.
pub(crate) fn fields<T>(answer: Result<Response<T>, Status>) -> Vec<String> {
    named(&answer.err().expect("a refusal"))
}

fn named(status: &Status) -> Vec<String> {
    let mut fields = refusal::fields(status);
    let details = status.get_details_bad_request().expect("violations");
    for violation in details.field_violations {
        let said = format!("{} {}", violation.field, violation.description);
        assert!(!violation.description.is_empty() && status.message().contains(&said), "{said}");
    }
    fields.sort();
    fields
}

database_tests! {
    modules:
        ids, lists, messages, requests, tasks, updates;
}
