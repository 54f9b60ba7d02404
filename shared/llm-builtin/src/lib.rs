//! The built-in model: no network and no LLM, it understands everyday English about to-do tasks.
//!
//! An answer is a pure function of the prompt: nothing is kept between calls. The way of a message through the module:
//!
//! 1. `token` cuts it into words, `clause` into the commands it gives (`mood` tells which parts
//!    only ask, deny or suppose), `grammar` turns each into a `command`, with the help of
//!    `details`, `reference`, `filter`, `date`, `priority` and `label`;
//! 2. `followup` reads it instead as the answer to a question that the model asked before;
//! 3. `act` replays the commands over the tool results that the turn already has (`run`), picks the
//!    tasks that were meant (`resolve`), and asks for the next calls;
//! 4. when no call is left, `wording` says what happened.

mod act;
mod arguments;
mod clause;
mod command;
mod date;
mod details;
mod filter;
mod followup;
mod grammar;
mod label;
mod mood;
mod pattern;
mod phrase;
mod priority;
mod reference;
mod reply;
mod resolve;
mod run;
#[cfg(test)]
mod tests;
mod token;
mod wording;
mod wordlist;

use futures::stream::{self, BoxStream, StreamExt as _};

use reply::{Reply, reply};
use tandem_llm::{Chunk, Entry, Error, Model, Prompt, Usage};

/// The model that works without any provider.
#[derive(Debug, Clone, Copy, Default)]
pub struct Builtin;

impl Model for Builtin {
    fn name(&self) -> &str {
        "builtin"
    }

    fn respond(&self, prompt: Prompt) -> BoxStream<'static, Result<Chunk, Error>> {
        let answer = reply(&prompt);
        let usage = usage(&prompt, &answer);
        let text = pieces(&answer.text).map(|piece| Chunk::Text(piece.to_owned())).collect();
        let calls = answer.calls.into_iter().map(Chunk::ToolCall).collect();
        let chunks: [Vec<Chunk>; 3] = [text, calls, vec![Chunk::Usage(usage)]];
        stream::iter(chunks.into_iter().flatten().map(Ok)).boxed()
    }
}

/// The text in pieces that end with a line or a sentence; joined, they are the text.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive('\n').flat_map(|line| line.split_inclusive(". "))
}

/// What the answer would have cost, at four characters a token.
fn usage(prompt: &Prompt, answer: &Reply) -> Usage {
    let read: usize = prompt.entries.iter().map(entry_length).sum();
    let called: usize = answer.calls.iter().map(|call| call.arguments.to_string().len()).sum();
    Usage {
        input_tokens: (prompt.system.len() + read).div_ceil(4) as u64,
        output_tokens: (answer.text.len() + called).div_ceil(4) as u64,
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
