//! The rules of conversations and turns: pure, without I/O. Times are microseconds since 1970 (UTC)
//! and always passed in.

mod answer;
mod conversation;
pub mod errors;
mod event;
mod message;
mod progress;
mod retelling;
mod step;
mod title;
mod turn;

pub use answer::Answer;
pub use conversation::{Conversation, UPDATABLE};
pub use event::Event;
pub use message::{Message, Role, ToolCall, ToolStatus};
pub use progress::{Allowance, Next, Progress};
pub use retelling::Retelling;
pub use step::{Planned, Step};
pub use turn::{Failure, State, Turn, Usage};
