//! What the model gets to see of a conversation.

mod shown;

use chrono::DateTime;
use chrono_tz::Tz;
use tandem_auth::Owner;
use tandem_error::Error;
use tandem_task_tools::Toolbox;

use super::{Inner, Limits};
use crate::domain::{Message, Planned, Progress, Role, ToolCall, Turn};
use crate::store;
use tandem_llm::{self as llm, Entry, Prompt};

use shown::shown;

/// The key of a message's metadata that names the user's time zone.
pub const TIME_ZONE: &str = "time_zone";

/// How many characters count as a token.
const CHARS_A_TOKEN: usize = 4;

/// Builds the prompt with which a turn begins: the newest messages up to the one to answer, which is
/// the newest of all while the turn runs.
pub(super) async fn prompt(inner: &Inner, owner: &Owner, turn: &Turn) -> Result<Prompt, Error> {
    prompt_before(inner, owner, turn, None).await
}

/// What the model was given at the latest call of a turn, or is given now.
pub(super) async fn latest_prompt(
    inner: &Inner,
    owner: &Owner,
    turn: &Turn,
) -> Result<Prompt, Error> {
    let db = inner.db.reader();
    let message = store::find_message(db, owner, turn.user_message_id).await?;
    let message = message.ok_or_else(|| Error::internal("a turn without its message"))?;
    let mut prompt = prompt_before(inner, owner, turn, Some(message.sequence + 1)).await?;
    let steps = store::list_steps(db, owner, turn.id).await?;
    let events = store::all_events(db, owner, turn.id).await?;
    let progress = Progress::replay(steps, events.iter().map(|stored| &stored.event));
    prompt.entries.extend(so_far(&progress.at_latest_call(), inner.limits.tool_result_chars));
    Ok(prompt)
}

async fn prompt_before(
    inner: &Inner,
    owner: &Owner,
    turn: &Turn,
    before: Option<i64>,
) -> Result<Prompt, Error> {
    let limits = &inner.limits;
    let (db, count) = (inner.db.reader(), limits.history_messages);
    let mut messages =
        store::newest_messages(db, owner, turn.conversation_id, before, count).await?;
    for call in messages.iter_mut().flat_map(|message| &mut message.tool_calls) {
        let result = call.result.as_ref();
        call.result = result.map(|it| shown(it, limits.history_result_chars));
    }
    let zone = zone(&messages, limits);
    let now = turn.created.to_datetime().with_timezone(&zone);
    Ok(Prompt {
        system: system(&now),
        entries: within_budget(&messages, limits.history_tokens).iter().flat_map(entries).collect(),
        tools: Toolbox::list_tools(),
        now,
        max_output_tokens: limits.output_tokens,
    })
}

/// What the turn itself adds to the prompt: the model's answers with their calls, and the results that
/// are known, each of at most `result_chars` characters.
pub(super) fn so_far(progress: &Progress, result_chars: usize) -> Vec<Entry> {
    let result = |call: &ToolCall| result(call, result_chars);
    let mut results = progress.answer().tool_calls.iter();
    let mut entries = Vec::new();
    for step in progress.steps() {
        let calls = step.calls.iter().map(call).collect();
        entries.push(Entry::Assistant { text: step.text.clone(), calls });
        entries.extend(results.by_ref().take(step.calls.len()).filter_map(result));
    }
    entries
}

fn call(planned: &Planned) -> llm::ToolCall {
    let Planned { id, name, arguments, signature } = planned.clone();
    llm::ToolCall { id, name, arguments, signature }
}

fn result(call: &ToolCall, most_chars: usize) -> Option<Entry> {
    let (call_id, name) = (call.id.clone(), call.name.clone());
    let result = shown(call.result.as_ref()?, most_chars);
    Some(Entry::ToolResult { call_id, name, result })
}

fn system(now: &DateTime<Tz>) -> String {
    let now = now.format("%A, %-d %B %Y, %H:%M (%Z, UTC%:z)");
    format!(
        "You are Tandem, an assistant that works on the user's to-do list with the tools you are \
         given. You see and change only this user's tasks. Call tools for everything that reads or \
         changes tasks; never claim to have done what no tool confirmed. When it is not clear which \
         task is meant, ask before you change anything. Answer briefly, in the user's language, and \
         name tasks by number and title. It is {now}."
    )
}

/// The zone that the newest user message names, or the one of the settings.
fn zone(messages: &[Message], limits: &Limits) -> Tz {
    let named = messages.iter().rev().find_map(|message| message.metadata.get(TIME_ZONE));
    let zone = named.map_or(limits.time_zone.as_str(), String::as_str);
    zone.parse().unwrap_or(Tz::UTC)
}

/// The newest messages that fit, and always the last one.
fn within_budget(messages: &[Message], tokens: usize) -> &[Message] {
    let mut left = tokens * CHARS_A_TOKEN;
    let fits = |message: &&Message| {
        let calls = message.tool_calls.iter().map(|call| {
            let result = call.result.as_ref().map(ToString::to_string);
            call.arguments.to_string().len() + result.map_or(0, |result| result.len())
        });
        let size = message.content.chars().count() + calls.sum::<usize>();
        let fits = size <= left;
        left = left.saturating_sub(size);
        fits
    };
    let count = messages.iter().rev().take_while(fits).count().max(1);
    &messages[messages.len().saturating_sub(count)..]
}

/// A stored message as the model saw it, or wrote it: first the tools, then the text.
fn entries(message: &Message) -> Vec<Entry> {
    if message.role == Role::User {
        return vec![Entry::User(message.content.clone())];
    }
    let mut entries = Vec::new();
    if !message.tool_calls.is_empty() {
        let calls = message.tool_calls.iter().map(|call| llm::ToolCall {
            id: call.id.clone(),
            name: call.name.clone(),
            arguments: call.arguments.clone(),
            signature: None,
        });
        entries.push(Entry::Assistant { text: String::new(), calls: calls.collect() });
        entries.extend(message.tool_calls.iter().map(|call| Entry::ToolResult {
            call_id: call.id.clone(),
            name: call.name.clone(),
            result: call.result.clone().unwrap_or_default(),
        }));
    }
    entries.push(Entry::Assistant { text: message.content.clone(), calls: Vec::new() });
    entries
}

#[cfg(test)]
mod tests;
