//! Tests on real databases: SQLite, and PostgreSQL if it is installed.

mod batch;
mod migrate;
mod notes;
mod open;
mod postgres;
mod tls;
mod wal;
mod write;
