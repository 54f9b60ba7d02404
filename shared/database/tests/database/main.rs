//! The crate on real databases: each test on SQLite, and on PostgreSQL where there is one.

mod batch;
mod migrate;
mod notes;
mod open;
mod postgres;
mod tls;
mod wal;
mod write;
