//! The task service: people's to-do tasks, each seen by its owner only.
//!
//! A call passes the layers of `tandem-server`, lands in [`grpc`], which asks [`domain`] for the rules
//! and [`store`] for the rows.

pub mod domain;
pub mod grpc;
mod purge;
mod serve;
mod settings;
pub mod store;
mod wake;

pub use serve::{Config, migrate, serve};
pub use settings::{Purge, Settings};
