//! The task service: to-do tasks, each visible to its owner only.
//!
//! A call passes the layers of `tandem-server` and reaches a handler in [`grpc`], which applies the rules
//! of [`domain`] and reads and writes through [`store`].

#![allow(missing_docs, reason = "a field whose name says it all needs no comment in a service")]

mod config;
pub mod domain;
pub mod grpc;
mod purge;
mod serve;
pub mod store;

pub use config::{ChangeLog, Config, Settings, WatchSettings};
pub use tandem_service::serve;
