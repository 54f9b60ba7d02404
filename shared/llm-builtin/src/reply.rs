//! Generates the reply to a prompt; a pure function of the prompt.

use super::call_replay::CallReplay;
use super::executor;
use super::followup;
use super::responses;
use tandem_llm::{Entry, Prompt, ToolCall};

/// A reply: text, or the tool calls that have to run first.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Reply {
    /// Empty if there are calls.
    pub(super) text: String,
    /// In execution order.
    pub(super) calls: Vec<ToolCall>,
}

/// Replies to the last message of the user, given the calls and results after it.
pub(super) fn generate_reply(prompt: &Prompt) -> Reply {
    let last_message = prompt.entries.iter().rposition(|entry| matches!(entry, Entry::User(_)));
    let Some((Entry::User(message), at)) = last_message.map(|at| (&prompt.entries[at], at)) else {
        return Reply::default();
    };
    let (history, turn) = (&prompt.entries[..at], &prompt.entries[at + 1..]);
    let commands = followup::interpret_message(history, message, &prompt.now);
    let mut replay = CallReplay::new(turn, followup::recent_mentions(history));
    let mut report = executor::execute_commands(&commands, &mut replay, &prompt.now);
    if replay.has_unexplained_changes() {
        replay = replay.into_replay_only(followup::recent_mentions(history));
        report = executor::execute_commands(&commands, &mut replay, &prompt.now);
    }
    let calls = replay.into_new_calls();
    let text = if calls.is_empty() { responses::compose_answer(&report) } else { String::new() };
    Reply { text: truncate_to_tokens(text, prompt.max_output_tokens), calls }
}

/// Truncates the text after the last line within the limit, at four bytes per token.
fn truncate_to_tokens(text: String, tokens: u32) -> String {
    let limit = usize::try_from(tokens).unwrap_or(usize::MAX).saturating_mul(4);
    if text.len() <= limit {
        return text;
    }
    let ends = text.match_indices('\n').map(|(at, _)| at);
    let fitting = ends.take_while(|end| *end <= limit).last();
    let kept = fitting.unwrap_or_else(|| text.floor_char_boundary(limit));
    text[..kept].to_owned()
}
