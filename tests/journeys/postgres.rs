//! The same journeys through the whole system, on PostgreSQL.

include!("subjects.rs");
