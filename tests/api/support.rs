//! The system under test, and calls of its methods.

pub(crate) mod app;
pub(crate) mod by_id;
pub(crate) mod chat_database;
pub(crate) mod controlled_model;
pub(crate) mod conversations;
pub(crate) mod database_lock;
pub(crate) mod json;
pub(crate) mod manual_clock;
pub(crate) mod refusal;
pub(crate) mod rpc;
pub(crate) mod stub_tasks;
pub(crate) mod tasks;
pub(crate) mod test_conversation;
pub(crate) mod wire_model;
