//! The answer of a turn as it grows: what the events so far add up to.

use super::{Event, ToolCall};

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
                if let Some(started) = self.tool_calls.iter_mut().find(|it| it.id == call.id) {
                    started.clone_from(call);
                }
            }
            _ => {}
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
    use serde_json::json;

    use super::*;
    use crate::domain::ToolStatus;

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
    }
}
