//! The task service: to-do tasks, each visible to its owner only.
//!
//! A call passes the layers of `tandem-server` and reaches a handler in [`grpc`], which applies the rules
//! of [`domain`] and reads and writes through [`store`].

#![allow(missing_docs, reason = "a field whose name says it all needs no comment in a service")]

mod change_listener;
pub mod domain;
pub mod grpc;
mod purge;
mod serve;
mod settings;
pub mod store;

pub use serve::{Config, migrate, serve};
pub use settings::{Purge, Settings};
