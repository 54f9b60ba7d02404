//! The wire: one file a resource, and [`wire`], where messages become domain types and back.

mod task;
mod wire;

pub use task::TaskApi;
