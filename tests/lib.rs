//! Tests and benchmarks of the whole system: `api` (every method on both databases), `faults` (processes
//! that are killed, databases that go away), `architecture` (dependencies between crates and modules) and
//! `benches`.
