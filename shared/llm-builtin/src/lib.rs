//! The built-in model: understands everyday English about to-do tasks, without a network or an LLM.
//!
//! A reply is a pure function of the prompt; the model keeps no state between calls. The pipeline:
//!
//! ```text
//! message ─ token ─ clause ─ modality ─ grammar ─ intent ─ executor ─ responses ─ reply
//! ```
//!
//! 1. [`token`] splits the message into words, quotations and marks ([`phrase`] is a range of
//!    them).
//! 2. [`clause`] splits it into clauses, one command each; [`politeness`] is stripped, and
//!    [`modality`] marks clauses that are negated or hypothetical.
//! 3. [`grammar`] maps each clause to an [`intent`] with a table of rules ([`pattern`]). The slots
//!    of a rule are parsed by [`reference`](mod@reference), [`details`], [`filter`], [`date`],
//!    [`priority`] and [`label`].
//! 4. [`followup`] comes first if the previous reply had a question: the message may answer it.
//! 5. [`executor`] executes the intents: [`call_replay`] returns the results that the turn already
//!    has and collects new tool calls ([`arguments`]); [`title_match`] finds tasks by title.
//! 6. [`responses`] composes the text if no call is left.
//!
//! To add a phrasing:
//!
//! 1. Choose the module of `grammar/` for the intent, for example `lifecycle.rs` to complete a
//!    task.
//! 2. Add a rule to its `RULES`: the kind of phrasing (`grammar/rule.rs`), a pattern ([`pattern`])
//!    and a builder, usually an existing one. The first match wins, so place specific rules first.
//! 3. A synonym for an existing phrasing belongs into the pattern, or into `pattern/word_sets.rs`
//!    if several patterns use it; words for dates, filters and references into their modules.
//! 4. A new intent needs a variant in `intent/`, a branch in `executor/` and a text in
//!    `responses/`.
//! 5. Add the message and its exact tool calls to `tests/api/phrasings.toml`, and a similar message
//!    that must change nothing to its `harmless` rows.

mod arguments;
mod call_replay;
mod clause;
mod date;
mod details;
mod executor;
mod filter;
mod followup;
mod grammar;
mod intent;
mod label;
mod listed_task;
mod modality;
mod pattern;
mod phrase;
mod politeness;
mod priority;
mod reference;
mod reply;
mod responses;
#[cfg(test)]
mod tests;
mod title_match;
mod token;
mod word_similarity;
mod wordlist;

use futures::stream::{self, BoxStream, StreamExt as _};

use reply::{Reply, generate_reply};
use tandem_llm::{Chunk, Entry, Error, Model, Prompt, Usage};

/// The built-in model. It needs no provider, network or key.
#[derive(Debug, Clone, Copy, Default)]
pub struct Builtin;

impl Model for Builtin {
    fn name(&self) -> &str {
        "builtin"
    }

    fn respond(&self, prompt: Prompt) -> BoxStream<'static, Result<Chunk, Error>> {
        let reply = generate_reply(&prompt);
        let usage = estimate_usage(&prompt, &reply);
        let text = text_chunks(&reply.text).map(|piece| Chunk::Text(piece.to_owned())).collect();
        let calls = reply.calls.into_iter().map(Chunk::ToolCall).collect();
        let chunks: [Vec<Chunk>; 3] = [text, calls, vec![Chunk::Usage(usage)]];
        stream::iter(chunks.into_iter().flatten().map(Ok)).boxed()
    }
}

/// Splits the text after lines and sentences, as a streaming model would.
fn text_chunks(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive('\n').flat_map(|line| line.split_inclusive(". "))
}

/// Estimates token usage at four bytes per token.
fn estimate_usage(prompt: &Prompt, reply: &Reply) -> Usage {
    let input: usize = prompt.entries.iter().map(entry_length).sum();
    let call_arguments: usize =
        reply.calls.iter().map(|call| call.arguments.to_string().len()).sum();
    Usage {
        input_tokens: (prompt.system.len() + input).div_ceil(4) as u64,
        output_tokens: (reply.text.len() + call_arguments).div_ceil(4) as u64,
    }
}

fn entry_length(entry: &Entry) -> usize {
    match entry {
        Entry::User(text) => text.len(),
        Entry::Assistant { text, calls } => {
            text.len() + calls.iter().map(|call| call.arguments.to_string().len()).sum::<usize>()
        }
        Entry::ToolResult { result, .. } => result.to_string().len(),
    }
}
