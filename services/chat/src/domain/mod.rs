//! The rules of conversations and turns: pure functions without I/O. The current time is always a parameter.

mod conversation;
mod default_title;
pub mod errors;
mod event;
mod message;
mod model_response;
mod model_shares;
mod next_action;
mod replay_deduplicator;
mod result_summary;
mod turn;
mod turn_output;
mod turn_progress;

pub use conversation::{Conversation, UPDATABLE};
pub use event::TurnEvent;
pub use message::{Message, Role, ToolCall, ToolStatus};
pub use model_response::{ModelResponse, PlannedToolCall};
pub use model_shares::{ModelShares, Tokens};
pub use next_action::{NextAction, TurnBudget};
pub use replay_deduplicator::ReplayDeduplicator;
pub use result_summary::summarize_results;
pub use turn::{Turn, TurnFailure, TurnState, TurnUsage};
pub use turn_output::TurnOutput;
pub use turn_progress::TurnProgress;
