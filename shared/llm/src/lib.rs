//! Language models behind one trait: a [`Model`] turns a [`Prompt`] into a stream of [`Chunk`]s.
//!
//! [`open_models`] creates the models that the [`Settings`] name. Each remote model is wrapped in
//! [`retry`], and a list of models in [`fallback`]; both are models themselves. A provider is a folder
//! in [`providers`] and a line in [`registry`]. Providers behind HTTP share one client ([`http`]).
//!
//! This crate depends on no service: executing tool calls is up to the caller, who adds their results
//! to the next prompt.

mod error;
mod fallback;
mod history;
mod http;
mod model;
mod open;
mod partial_tool_call;
mod prompt;
mod providers;
mod registry;
mod retry;
mod settings;

pub use error::Error;
pub use model::{Chunk, Model, Usage};
pub use open::open_models;
pub use prompt::{Entry, Prompt, Signature, ToolCall};
pub use registry::{Kind, environment_aliases};
pub use settings::{Provider, Settings};
