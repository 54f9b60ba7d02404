//! Requests that are sent again with the same request id (AIP-155).

mod conversations;
mod messages;
mod tasks;

database_tests! {
    modules:
        conversations, messages, tasks;
}
