//! The answer to a prompt: a pure function of it.

use super::call_replay::CallReplay;
use super::executor;
use super::followup;
use super::responses;
use tandem_llm::{Call, Entry, Prompt};

/// What the model answers: text, or calls whose results it wants to see first.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Reply {
    /// Empty while there are calls.
    pub(super) text: String,
    /// In the order in which they run.
    pub(super) calls: Vec<Call>,
}

/// Answers the last message of the user, given the calls and results that follow it.
pub(super) fn generate_reply(prompt: &Prompt) -> Reply {
    let said = prompt.entries.iter().rposition(|entry| matches!(entry, Entry::User(_)));
    let Some((Entry::User(message), at)) = said.map(|at| (&prompt.entries[at], at)) else {
        return Reply::default();
    };
    let (history, turn) = (&prompt.entries[..at], &prompt.entries[at + 1..]);
    let commands = followup::interpret_message(history, message, &prompt.now);
    let mut run = CallReplay::new(turn, followup::recent_mentions(history));
    let mut report = executor::execute_commands(&commands, &mut run, &prompt.now);
    if run.has_unexplained_changes() {
        run = run.into_replay_only(followup::recent_mentions(history));
        report = executor::execute_commands(&commands, &mut run, &prompt.now);
    }
    let calls = run.into_new_calls();
    let text = if calls.is_empty() { responses::compose_answer(&report) } else { String::new() };
    Reply { text: truncate_to_tokens(text, prompt.max_output_tokens), calls }
}

/// The text, cut after the last line that fits into so many tokens of four characters.
fn truncate_to_tokens(text: String, tokens: u32) -> String {
    let most = usize::try_from(tokens).unwrap_or(usize::MAX).saturating_mul(4);
    if text.len() <= most {
        return text;
    }
    let ends = text.match_indices('\n').map(|(at, _)| at);
    let fitting = ends.take_while(|end| *end <= most).last();
    let kept = fitting.unwrap_or_else(|| text.floor_char_boundary(most));
    text[..kept].to_owned()
}
