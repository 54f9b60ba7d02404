//! Faults: killed processes, competing replicas and database outages.

mod task;
mod turns;
