//! The rows that one call may look at.

/// The most rows and index entries that one call of ListTasks looks at. Every statement is limited to what
/// is left of them.
pub const MAX_ROWS_SCANNED: u64 = 10_000;

/// What is left of [`MAX_ROWS_SCANNED`].
#[derive(Debug, Clone, Copy)]
pub(super) struct Budget(u64);

impl Budget {
    /// All but the rows of the page itself, which are read last.
    pub(super) fn for_page(size: u32) -> Self {
        Self(MAX_ROWS_SCANNED.saturating_sub(size.into()))
    }

    /// How many times `rows` can be looked at.
    pub(super) fn affords(self, rows: u64) -> u64 {
        self.0 / rows
    }

    /// Takes the rows that a statement may look at.
    pub(super) fn spend(&mut self, rows: u64) {
        self.0 = self.0.saturating_sub(rows);
    }
}
