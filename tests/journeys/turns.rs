//! Turns: from a message to its answer, whatever happens in between.

mod away;
mod cancelling;
mod context;
mod failing;
mod limits;
mod posting;
mod taking_over;
mod titles;
mod tools;

use tandem_proto::chat::turn_event::Event;
use tandem_proto::chat::{Message, TurnEvent};

/// The message that a turn ended with, whichever way it ended.
fn ended_with(events: &[TurnEvent]) -> Option<&Message> {
    match events.last().and_then(|last| last.event.as_ref()) {
        Some(Event::MessageCompleted(end)) => end.assistant_message.as_ref(),
        Some(Event::Failed(end)) => end.assistant_message.as_ref(),
        Some(Event::Cancelled(end)) => end.assistant_message.as_ref(),
        other => panic!("an end: {other:?}"),
    }
}
