//! The gate: tokens, strangers, input and text.

mod app;
mod authentication;
mod by_id;
mod input;
mod json;
mod puppet;
mod refusal;
mod rpc;
mod strangers;
mod text;
