//! Tools of the benchmarks: servers as processes, load, CPU time, tables.
//!
//! A benchmark runs itself again for each of its servers ([`process::Server`]), so that the CPU time of a
//! server does not include that of the load.

pub(crate) mod cpu;
pub(crate) mod database;
pub(crate) mod echo;
pub(crate) mod load;
pub(crate) mod options;
pub(crate) mod process;
pub(crate) mod table;
pub(crate) mod task_service;
