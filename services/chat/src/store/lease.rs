//! The right to work on a turn, which one process at a time has.

use uuid::Uuid;

/// How long a lease holds, in microseconds: 12 s. A worker that lives renews it in time; of one that
/// does not, somebody else has the turn within 15 s.
pub(super) const LEASE: i64 = 12_000_000;

/// The right to work on a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    /// The turn.
    pub turn_id: Uuid,
    /// Grows each time somebody else takes the turn over.
    pub number: i64,
}

impl Lease {
    /// The lease of the process that starts a turn.
    pub const FIRST: i64 = 1;
}
