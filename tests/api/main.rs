//! The API of both services, over gRPC, on SQLite and PostgreSQL. The path of a test is the path of what it
//! tests: a service and a method, or a subject of several methods.

#[macro_use]
mod harness;

mod authentication;
mod chat;
mod model_providers;
mod page_tokens;
mod phrasings;
mod request_ids;
mod support;
mod task;
mod tenant_isolation;
mod text;
mod unread_responses;
mod validation;

use std::process::ExitCode;

fn main() -> ExitCode {
    harness::run(tests())
}

database_tests! {
    modules:
        authentication, chat, model_providers, page_tokens, phrasings, request_ids, task, tenant_isolation, text,
        unread_responses, validation;
}
