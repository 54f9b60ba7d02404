//! Journeys through the whole system, as callers go: over gRPC, against both services in their final
//! shape. They are in `journeys/`, one file a subject; load and fault programs come beside them.
//! `house.rs` checks who may import whom, and what may be named where.
