//! The chat service.

#[expect(clippy::module_inception, reason = "the method Chat of the chat service")]
mod chat;
mod create_conversation;
mod create_message;
mod delete_conversation;
mod export_conversation;
mod get_conversation;
mod get_message;
mod get_usage;
mod list_conversations;
mod list_messages;
mod purge_time;
mod retention;
mod search_messages;
mod stream_message;
mod time_zone;
mod turns;
mod undelete_conversation;
mod update_conversation;

database_tests! {
    modules:
        chat, create_conversation, create_message, delete_conversation, export_conversation,
        get_conversation, get_message, get_usage, list_conversations, list_messages, purge_time, retention,
        search_messages, stream_message, time_zone, turns, undelete_conversation, update_conversation;
}
