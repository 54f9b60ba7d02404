//! The answer of a turn as it grows: what the events so far add up to.

use serde_json::json;

use super::{Event, ToolCall, ToolStatus};

/// What has been written of an answer.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Answer {
    /// The text: all deltas joined.
    pub content: String,
    /// The tools used, in order.
    pub tool_calls: Vec<ToolCall>,
}

impl Answer {
    /// Takes in the next event.
    pub fn apply(&mut self, event: &Event) {
        match event {
            Event::Text(text) => self.content.push_str(text),
            Event::ToolStarted(call) => self.tool_calls.push(call.clone()),
            Event::ToolFinished(call) => {
                if let Some(started) = self.tool_calls.iter_mut().rfind(|it| it.id == call.id) {
                    started.clone_from(call);
                }
            }
            _ => {}
        }
    }

    /// Ends the calls that nobody will hear the result of: their process is gone.
    pub fn end_calls(&mut self) {
        for call in &mut self.tool_calls {
            if call.status == ToolStatus::Running {
                call.status = ToolStatus::Failed;
                call.result = Some(json!({
                    "status": "error",
                    "code": "UNKNOWN",
                    "message": "interrupted: it may have been done, or not",
                }));
            }
        }
    }

    /// Whether there is nothing to keep.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.content.is_empty() && self.tool_calls.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_add_up_to_the_text_and_the_calls_with_their_results() {
        let started = ToolCall {
            id: "1".to_owned(),
            name: "add_task".to_owned(),
            arguments: json!({}),
            result: None,
            status: ToolStatus::Running,
        };
        let finished = ToolCall {
            result: Some(json!({"status": "created"})),
            status: ToolStatus::Succeeded,
            ..started.clone()
        };
        let mut answer = Answer::default();
        assert!(answer.is_empty());
        for event in [
            Event::ToolStarted(started),
            Event::ToolFinished(finished.clone()),
            Event::Text("Do".to_owned()),
            Event::Text("ne.".to_owned()),
        ] {
            answer.apply(&event);
        }
        assert_eq!(answer, Answer { content: "Done.".to_owned(), tool_calls: vec![finished] });
        let mut ended = answer.clone();
        ended.end_calls();
        assert_eq!(ended, answer, "what has ended stays as it is");
    }

    #[test]
    fn a_call_without_a_result_ends_as_failed() {
        let call = ToolCall {
            id: "1".to_owned(),
            name: "add_task".to_owned(),
            arguments: json!({}),
            result: None,
            status: ToolStatus::Running,
        };
        let mut answer = Answer::default();
        answer.apply(&Event::ToolStarted(call));
        answer.end_calls();
        assert_eq!(answer.tool_calls[0].status, ToolStatus::Failed);
        let result = answer.tool_calls[0].result.as_ref().expect("a result");
        assert_eq!(result["status"], "error");
    }
}
