//! The contracts themselves: what their options have to contain, and what the generator makes of them,
//! shown on small planted contracts.

#[path = "../../build/generator/mod.rs"]
mod generator;

mod options;
mod planted;
mod refused;
mod written;
