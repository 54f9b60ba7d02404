//! Terminal output: answers on standard output, progress on standard error.

use std::io::{self, IsTerminal as _, Write as _};

use tandem_error::Cause;
use tandem_proto::chat::turn_event::Event;
use tandem_proto::chat::{ToolCall, ToolCallStatus, TurnEvent};

/// Writes text to standard output, unchanged.
pub(crate) fn print_text(text: &str) -> Result<(), Cause> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(())
}

/// Whether standard output is a terminal.
pub(crate) fn is_interactive() -> bool {
    io::stdout().is_terminal()
}

/// Writes a line about the conversation to standard error.
pub(crate) fn print_note(text: &str) {
    let mut err = io::stderr().lock();
    // Nothing can be done if standard error is closed.
    let _ = if err.is_terminal() {
        writeln!(err, "\x1b[2m{text}\x1b[0m")
    } else {
        writeln!(err, "{text}")
    };
}

/// Prints one event of a turn. Returns whether the turn succeeded; `None` while it is running.
pub(crate) fn print_event(event: TurnEvent) -> Result<Option<bool>, Cause> {
    match event.event {
        Some(Event::TextDelta(delta)) => print_text(&delta.text)?,
        Some(Event::ToolCallFinished(finished)) => {
            print_note(&finished.tool_call.map(|call| tool_call_line(&call)).unwrap_or_default());
        }
        Some(Event::MessageCompleted(_)) => {
            print_text("\n")?;
            return Ok(Some(true));
        }
        Some(Event::Failed(failed)) => {
            let error = failed.error.unwrap_or_default();
            print_note(&format!("failed: {} ({})", error.message, error.reason));
            return Ok(Some(false));
        }
        Some(Event::Cancelled(_)) => {
            print_note("cancelled");
            return Ok(Some(false));
        }
        Some(Event::Started(_) | Event::ToolCallStarted(_)) | None => {}
    }
    Ok(None)
}

/// A tool call in one line: `· add_task(title: "buy milk") → created`.
fn tool_call_line(call: &ToolCall) -> String {
    let arguments = call.arguments.iter().flat_map(|it| &it.fields);
    let arguments =
        arguments.map(|(name, value)| format!("{name}: {}", value_text(value))).collect::<Vec<_>>();
    let field =
        |name: &str| call.result.as_ref().and_then(|it| it.fields.get(name)).map(value_text);
    let outcome = match call.status() {
        ToolCallStatus::Failed => field("message"),
        _ => field("status"),
    };
    let outcome = outcome.unwrap_or_default();
    format!("· {}({}) → {}", call.name, arguments.join(", "), outcome.trim_matches('"'))
}

fn value_text(value: &prost_types::Value) -> String {
    value_to_json(value).to_string()
}

fn value_to_json(value: &prost_types::Value) -> serde_json::Value {
    use prost_types::value::Kind;
    match &value.kind {
        None | Some(Kind::NullValue(_)) => serde_json::Value::Null,
        Some(Kind::BoolValue(value)) => (*value).into(),
        Some(Kind::NumberValue(value)) if value.fract() == 0.0 => (*value as i64).into(),
        Some(Kind::NumberValue(value)) => (*value).into(),
        Some(Kind::StringValue(value)) => value.as_str().into(),
        Some(Kind::ListValue(list)) => list.values.iter().map(value_to_json).collect(),
        Some(Kind::StructValue(object)) => {
            object.fields.iter().map(|(key, value)| (key.clone(), value_to_json(value))).collect()
        }
    }
}
