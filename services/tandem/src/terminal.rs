//! What people see: answers on standard output, what the agent does on standard error.

use std::io::{self, IsTerminal as _, Write as _};

use tandem_error::Cause;
use tandem_proto::chat::turn_event::Event;
use tandem_proto::chat::{ToolCall, ToolCallStatus, TurnEvent};

/// Prints text as it is.
pub(crate) fn print(text: &str) -> Result<(), Cause> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(())
}

/// Says something about the conversation, beside it.
pub(crate) fn note(text: &str) {
    let mut err = io::stderr().lock();
    // Nothing is left to do where standard error is closed.
    let _ = if err.is_terminal() {
        writeln!(err, "\x1b[2m{text}\x1b[0m")
    } else {
        writeln!(err, "{text}")
    };
}

/// Shows one event of a turn. Answers whether the turn ended well; `None` while it goes on.
pub(crate) fn show(event: TurnEvent) -> Result<Option<bool>, Cause> {
    match event.event {
        Some(Event::TextDelta(delta)) => print(&delta.text)?,
        Some(Event::ToolCallFinished(finished)) => {
            note(&finished.tool_call.map(|call| describe(&call)).unwrap_or_default());
        }
        Some(Event::MessageCompleted(_)) => {
            print("\n")?;
            return Ok(Some(true));
        }
        Some(Event::Failed(failed)) => {
            let error = failed.error.unwrap_or_default();
            note(&format!("failed: {} ({})", error.message, error.reason));
            return Ok(Some(false));
        }
        Some(Event::Cancelled(_)) => {
            note("cancelled");
            return Ok(Some(false));
        }
        Some(Event::Started(_) | Event::ToolCallStarted(_)) | None => {}
    }
    Ok(None)
}

/// A tool call in a line: `· add_task(title: "buy milk") → created`.
fn describe(call: &ToolCall) -> String {
    let arguments = call.arguments.iter().flat_map(|it| &it.fields);
    let arguments =
        arguments.map(|(name, value)| format!("{name}: {}", json(value))).collect::<Vec<_>>();
    let field = |name: &str| call.result.as_ref().and_then(|it| it.fields.get(name)).map(json);
    let outcome = match call.status() {
        ToolCallStatus::Failed => field("message"),
        _ => field("status"),
    };
    let outcome = outcome.unwrap_or_default();
    format!("· {}({}) → {}", call.name, arguments.join(", "), outcome.trim_matches('"'))
}

fn json(value: &prost_types::Value) -> String {
    to_json(value).to_string()
}

fn to_json(value: &prost_types::Value) -> serde_json::Value {
    use prost_types::value::Kind;
    match &value.kind {
        None | Some(Kind::NullValue(_)) => serde_json::Value::Null,
        Some(Kind::BoolValue(value)) => (*value).into(),
        Some(Kind::NumberValue(value)) if value.fract() == 0.0 => (*value as i64).into(),
        Some(Kind::NumberValue(value)) => (*value).into(),
        Some(Kind::StringValue(value)) => value.as_str().into(),
        Some(Kind::ListValue(list)) => list.values.iter().map(to_json).collect(),
        Some(Kind::StructValue(object)) => {
            object.fields.iter().map(|(key, value)| (key.clone(), to_json(value))).collect()
        }
    }
}
