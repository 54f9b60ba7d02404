//! The chat service: conversations with an assistant.
//!
//! Calls pass the layers of `tandem-server` and reach the handlers in [`grpc`]. [`store`] writes the
//! message, and [`agent`] works on its turn with a model of `tandem-llm` and the tools of
//! `tandem-task-tools`.
#![allow(
    missing_docs,
    reason = "a comment states what a name does not; shared crates document all"
)]

pub mod agent;
mod config;
pub mod domain;
pub mod grpc;
mod purge;
mod serve;
pub mod store;

pub use config::{Config, Settings, Tasks};
pub use tandem_service::serve;
