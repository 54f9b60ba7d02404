//! Faults around the services: processes that are killed, replicas that compete, a database that goes away.

mod task;
mod turns;
