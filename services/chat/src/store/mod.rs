//! The chat database: plain functions over a connection or a transaction, every one of which names
//! the owner, and [`Door`], the one way to change anything. The only place that knows sea-orm.

mod conversations;
mod door;
mod entity;
mod events;
mod journal;
mod lease;
mod messages;
mod migrations;
mod purge;
mod search;
mod steps;
#[cfg(test)]
mod tests;
mod turns;
mod usage;

pub use conversations::{ConversationPage, find_conversation, list_conversations};
pub use door::Door;
pub use events::{StoredEvent, all_events, list_events};
pub use journal::{Ending, Finish, Renewed};
pub use lease::{Lease, TakenOver};
pub use messages::{MessagePage, find_message, list_messages, newest_messages};
pub use migrations::Migrator;
pub use search::{Sought, search_messages};
pub use steps::list_steps;
pub use turns::{NewTurn, Posted, expired_turns, find_turn};
pub use usage::{DailyUsage, list_usage};
