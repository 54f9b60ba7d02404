//! The rules of tasks: pure, without I/O. Times are microseconds since 1970 (UTC) and always passed in.

mod change;
mod filter;
mod summary;
mod task;

pub use change::{Change, ChangeKind};
pub use filter::{Filter, Position, SortField};
pub use summary::{Counts, Day};
pub use task::{Draft, Priority, Status, Task, UPDATABLE};
