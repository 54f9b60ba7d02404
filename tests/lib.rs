//! Tests and benchmarks of the whole system: `api` (every method on both databases), `faults` (processes
//! that are killed, databases that go away), `architecture` (dependencies between crates and modules),
//! `list_bound` (the rows that a call of ListTasks reads) and `benches`.
