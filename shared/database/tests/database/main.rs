//! Tests on real databases: SQLite, and PostgreSQL if it is installed.

mod batch;
mod listen;
mod migrate;
mod notes;
mod open;
mod postgres;
mod reads;
mod tls;
mod wal;
mod write;
