//! The chat service: conversations, and the assistant that answers in them.
//!
//! A call passes the layers of `tandem-server` and lands in [`grpc`]. A message is stored by
//! [`store`], and [`agent`] answers it: with a model of `tandem-llm`, and the tools of `tandem-task-tools`.

pub mod agent;
mod config;
pub mod domain;
pub mod grpc;
mod purge;
mod serve;
pub mod store;

pub use config::{Config, Settings, Tasks};
pub use serve::{migrate, serve};
