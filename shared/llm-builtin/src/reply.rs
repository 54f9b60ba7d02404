//! The answer to a prompt: a pure function of it.

use super::act;
use super::followup;
use super::run::Run;
use super::wording;
use tandem_llm::{Entry, Prompt, ToolCall};

/// What the model answers: text, or calls whose results it wants to see first.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Reply {
    /// Empty while there are calls.
    pub(super) text: String,
    /// In the order in which they run.
    pub(super) calls: Vec<ToolCall>,
}

/// Answers the last message of the user, given the calls and results that follow it.
pub(super) fn reply(prompt: &Prompt) -> Reply {
    let said = prompt.entries.iter().rposition(|entry| matches!(entry, Entry::User(_)));
    let Some((Entry::User(message), at)) = said.map(|at| (&prompt.entries[at], at)) else {
        return Reply::default();
    };
    let (history, turn) = (&prompt.entries[..at], &prompt.entries[at + 1..]);
    let commands = followup::understand(history, message, &prompt.now);
    let mut run = Run::new(turn, followup::mentions(history));
    let mut report = act::perform(&commands, &mut run, &prompt.now);
    if run.is_foreign() {
        run = run.closed(followup::mentions(history));
        report = act::perform(&commands, &mut run, &prompt.now);
    }
    let calls = run.into_calls();
    let text = if calls.is_empty() { wording::answer(&report) } else { String::new() };
    Reply { text: fitting(text, prompt.max_output_tokens), calls }
}

/// The text, cut after the last line that fits into so many tokens of four characters.
fn fitting(text: String, tokens: u32) -> String {
    let most = usize::try_from(tokens).unwrap_or(usize::MAX).saturating_mul(4);
    if text.len() <= most {
        return text;
    }
    let ends = text.match_indices('\n').map(|(at, _)| at);
    let fitting = ends.take_while(|end| *end <= most).last();
    let kept = fitting.unwrap_or_else(|| text.floor_char_boundary(most));
    text[..kept].to_owned()
}
