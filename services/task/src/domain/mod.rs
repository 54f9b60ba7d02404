//! The rules of tasks: pure, without I/O. Times are microseconds since 1970 (UTC) and always passed in.

mod filter;
mod task;
pub mod words;

pub use filter::{Filter, Position, SortField};
pub use task::{Draft, Priority, Status, Task, UPDATABLE};
