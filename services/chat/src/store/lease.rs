//! The right to work on a turn, which one process at a time has.

use tandem_clock::Timestamp;
use uuid::Uuid;

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

/// A turn that somebody else left, now ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TakenOver {
    /// The right to work on it.
    pub lease: Lease,
    /// When the turn began.
    pub created: Timestamp,
    /// The user wants it to end.
    pub cancel_requested: bool,
}
