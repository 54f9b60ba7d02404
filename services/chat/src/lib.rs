//! The chat service: conversations, and the assistant that answers in them.
//!
//! A call passes the layers of `tandem-server` and lands in [`grpc`]. A message is stored by
//! [`store`], and [`agent`] answers it: with a model of `tandem-llm`, and the tools of `tandem-task-tools`.

pub mod agent;
pub mod domain;
pub mod grpc;
mod purge;
mod serve;
mod settings;
pub mod store;

pub use serve::{Config, migrate, serve};
pub use settings::{Purge, Settings, Tasks};
