//! The context that the model receives: the system prompt, the newest messages and the tools.

mod history;
mod tool_result;
mod turn_results;

use chrono::DateTime;
use chrono_tz::Tz;
use serde_json::Value;
use tandem_auth::Owner;
use tandem_error::Error;
use tandem_llm::{self as llm, Entry, Prompt};
use tandem_task_tools::Toolbox;

use super::{AgentInner, Limits};
use crate::domain::{PlannedToolCall, ToolCall, Turn, TurnProgress};
use crate::store;

use history::{find_time_zone, message_entries, newest_within_budget};
pub(super) use tool_result::truncate_tool_result;
use turn_results::shorten_results;

/// The metadata key of a message for the user's IANA time zone.
pub const TIME_ZONE: &str = "time_zone";

/// The prompt with which a running turn starts: the newest messages, of which the last is the one to
/// answer.
pub(super) async fn initial_prompt(
    inner: &AgentInner,
    owner: &Owner,
    turn: &Turn,
) -> Result<Prompt, Error> {
    build_prompt(inner, owner, turn, None).await
}

/// The prompt of the latest model call of a turn, running or ended.
pub(super) async fn latest_prompt(
    inner: &AgentInner,
    owner: &Owner,
    turn: &Turn,
) -> Result<Prompt, Error> {
    let db = inner.db.reader();
    let message = store::find_message(db, owner, turn.user_message_id).await?;
    let message = message.ok_or_else(|| Error::internal("a turn has no user message"))?;
    let mut prompt = build_prompt(inner, owner, turn, Some(message.sequence + 1)).await?;
    let responses = store::list_model_responses(db, owner, turn.id).await?;
    let events = store::list_all_events(db, owner, turn.id).await?;
    let progress = TurnProgress::replay(responses, events.iter().map(|stored| &stored.event));
    let progress = progress.at_latest_model_call();
    prompt.entries.extend(turn_entries(&progress, &inner.limits));
    Ok(prompt)
}

/// A prompt of the newest messages before the sequence number `before`.
async fn build_prompt(
    inner: &AgentInner,
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
        call.result = result.map(|it| truncate_tool_result(it, limits.history_result_chars));
    }
    let now = turn.created.to_datetime().with_timezone(&find_time_zone(&messages, limits));
    let messages = newest_within_budget(&messages, limits.history_tokens);
    Ok(Prompt {
        system: system_prompt(&now),
        entries: messages.iter().flat_map(message_entries).collect(),
        tools: Toolbox::list_tools(),
        now,
        max_output_tokens: limits.output_tokens,
    })
}

/// The entries that the turn itself adds to its prompts: model responses with tool calls, and the known
/// results, shortened to what `limits` allow.
pub(super) fn turn_entries(progress: &TurnProgress, limits: &Limits) -> Vec<Entry> {
    let calls = &progress.output().tool_calls;
    let mut results = calls.iter().zip(shorten_results(calls, limits));
    let mut entries = Vec::new();
    for response in progress.responses() {
        let planned = response.calls.iter().map(call_from_plan).collect();
        entries.push(Entry::Assistant { text: response.text.clone(), calls: planned });
        let results = results.by_ref().take(response.calls.len());
        entries.extend(results.filter_map(|(call, result)| result_entry(call, result)));
    }
    entries
}

fn call_from_plan(planned: &PlannedToolCall) -> llm::ToolCall {
    let PlannedToolCall { id, name, arguments, signature } = planned.clone();
    // One that an earlier version stored has no provider and is left out.
    let signature = signature.and_then(|it| serde_json::from_value(it).ok());
    llm::ToolCall { id, name, arguments, signature }
}

fn result_entry(call: &ToolCall, result: Option<Value>) -> Option<Entry> {
    let (call_id, name) = (call.id.clone(), call.name.clone());
    Some(Entry::ToolResult { call_id, name, result: result? })
}

fn system_prompt(now: &DateTime<Tz>) -> String {
    let now = now.format("%A, %-d %B %Y, %H:%M (%Z, UTC%:z)");
    format!(
        "You are Tandem, an assistant that works on the user's to-do list with the tools you are \
         given. You see and change only this user's tasks. Call tools for everything that reads or \
         changes tasks; never claim to have done what no tool confirmed. When it is not clear which \
         task is meant, ask before you change anything. Answer briefly, in the user's language, and \
         name tasks by number and title. It is {now}."
    )
}
