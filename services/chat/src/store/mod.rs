//! The chat database: plain functions on a connection or a transaction, each of which names the owner.
//! All writes go through [`ConversationWriter`] and [`TurnJournal`]. The only module that uses sea-orm.

mod conversation_writer;
mod conversations;
mod entity;
mod events;
mod messages;
mod migrations;
mod model_responses;
mod purge;
mod search;
#[cfg(test)]
mod tests;
mod turn_journal;
mod turns;
mod usage;

pub use conversation_writer::ConversationWriter;
pub use conversations::{ConversationPage, find_conversation, list_conversations};
pub use events::{StoredEvent, list_all_events, list_events};
pub use messages::{MessagePage, find_message, list_messages, newest_messages};
pub use migrations::Migrator;
pub use model_responses::list_model_responses;
pub use search::{MessageQuery, search_messages};
pub use turn_journal::{
    JournalEntries, Lease, LeaseStatus, NewTurn, StartedTurn, TakenOver, TurnEnd, TurnJournal,
    TurnOutcome,
};
pub use turns::{find_turn, list_expired_leases};
pub use usage::{DailyUsage, UsageDelta, list_usage};
