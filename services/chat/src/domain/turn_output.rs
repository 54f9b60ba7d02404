//! The output of a turn: the text and the tool calls of its events so far.

use serde_json::json;

use super::{ToolCall, ToolStatus, TurnEvent};

/// The content of the assistant message as it grows.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TurnOutput {
    /// All text deltas, joined.
    pub content: String,
    /// In the order of their start.
    pub tool_calls: Vec<ToolCall>,
}

impl TurnOutput {
    pub fn apply_event(&mut self, event: &TurnEvent) {
        match event {
            TurnEvent::Text(text) => self.content.push_str(text),
            TurnEvent::ToolStarted(call) => self.tool_calls.push(call.clone()),
            TurnEvent::ToolFinished(call) => {
                if let Some(started) = self.tool_calls.iter_mut().rfind(|it| it.id == call.id) {
                    started.clone_from(call);
                }
            }
            TurnEvent::Started { .. }
            | TurnEvent::Completed { .. }
            | TurnEvent::Failed { .. }
            | TurnEvent::Cancelled { .. } => {}
        }
    }

    /// Marks running calls as failed: the worker that waited for their results is gone.
    pub fn fail_running_calls(&mut self) {
        for call in &mut self.tool_calls {
            if call.status == ToolStatus::Running {
                call.status = ToolStatus::Failed;
                call.result = Some(json!({
                    "status": "error",
                    "code": "UNKNOWN",
                    "message": "interrupted: the outcome is unknown",
                }));
            }
        }
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.content.is_empty() && self.tool_calls.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn running_call() -> ToolCall {
        ToolCall {
            id: "1".to_owned(),
            name: "add_task".to_owned(),
            arguments: json!({}),
            result: None,
            status: ToolStatus::Running,
        }
    }

    #[test]
    fn events_add_up_to_text_and_calls() {
        let started = running_call();
        let finished = ToolCall {
            result: Some(json!({"status": "created"})),
            status: ToolStatus::Succeeded,
            ..started.clone()
        };
        let mut output = TurnOutput::default();
        assert!(output.is_empty());
        for event in [
            TurnEvent::ToolStarted(started),
            TurnEvent::ToolFinished(finished.clone()),
            TurnEvent::Text("Do".to_owned()),
            TurnEvent::Text("ne.".to_owned()),
        ] {
            output.apply_event(&event);
        }
        let expected = TurnOutput { content: "Done.".to_owned(), tool_calls: vec![finished] };
        assert_eq!(output, expected);
        let mut ended = output.clone();
        ended.fail_running_calls();
        assert_eq!(ended, output, "finished calls are unchanged");
    }

    #[test]
    fn running_calls_end_as_failed() {
        let mut output = TurnOutput::default();
        output.apply_event(&TurnEvent::ToolStarted(running_call()));
        output.fail_running_calls();
        assert_eq!(output.tool_calls[0].status, ToolStatus::Failed);
        let result = output.tool_calls[0].result.as_ref().expect("a result");
        assert_eq!(result["status"], "error");
    }
}
