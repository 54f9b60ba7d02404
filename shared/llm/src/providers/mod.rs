//! The protocols of model providers, and a model that plays a script.

pub(crate) mod anthropic;
pub(crate) mod gemini;
pub(crate) mod openai;
pub(crate) mod scripted;
