//! What the benchmarks measure with: servers in processes of their own, load, CPU time, tables.
//!
//! A benchmark is run again for each of its servers ([`process::Server`]), so that a server's CPU time
//! is its own and not that of the load.

pub(crate) mod cpu;
pub(crate) mod database;
pub(crate) mod echo;
pub(crate) mod load;
pub(crate) mod options;
pub(crate) mod process;
pub(crate) mod table;
pub(crate) mod task_service;
