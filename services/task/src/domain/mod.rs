//! The rules of tasks: pure functions without I/O. The current time is always a parameter.

mod change;
mod filter;
mod summary;
mod task;

pub use change::{Change, ChangeKind};
pub use filter::{Filter, Position, SortField};
pub use summary::{Counts, Day};
pub use task::{Draft, LabelChange, Priority, Status, StatusKind, Task, UPDATABLE};
