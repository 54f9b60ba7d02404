//! Journeys through the whole system, on SQLite.

include!("subjects.rs");
