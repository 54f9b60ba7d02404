//! The tools with which a model reads and changes tasks, over the task service.
//!
//! Chat's agent uses them, and an MCP server can: [`Toolbox::list_tools`] returns names, descriptions
//! and JSON schemas, [`Toolbox::call_tool`] runs one by its name. No tool takes a user: the bearer
//! token of the call identifies the owner, and the model never sees it.

mod arguments;
mod circuit_breaker;
mod client;
mod failure;
mod outcome;
mod registry;
mod retry;
mod settings;
mod task_view;
mod toolbox;
mod tools;

use serde_json::Value;

pub use outcome::Outcome;
pub use settings::Settings;
pub use toolbox::{Call, Toolbox};

/// The description of a tool for a model.
#[derive(Debug, Clone, PartialEq)]
pub struct Spec {
    /// Unique among the tools; snake case.
    pub name: &'static str,
    /// What the tool does, in one sentence.
    pub description: &'static str,
    /// The JSON schema (draft 2020-12) of the arguments: always an object.
    pub parameters: Value,
}
