//! A summary of the tool results of a turn whose model returned no text.

use serde_json::Value;

use super::ToolCall;

/// Maximum number of tasks of a list that are named.
const MAX_TASKS: usize = 20;

/// A text about the results of a turn's calls; `None` if no call has a result.
#[must_use]
pub fn summarize_results(calls: &[ToolCall]) -> Option<String> {
    let lines = calls.iter().filter_map(|call| Some(describe(&call.name, call.result.as_ref()?)));
    let lines = lines.map(|line| format!("\n- {line}")).collect::<String>();
    (!lines.is_empty())
        .then(|| format!("The model gave no answer. The results of its steps:{lines}"))
}

fn describe(tool: &str, result: &Value) -> String {
    let text = |field: &str| result[field].as_str().unwrap_or_default();
    let status = text("status");
    if status == "error" {
        return format!("{tool} failed: {}", text("message"));
    }
    match result["tasks"].as_array() {
        Some(tasks) if tasks.is_empty() => "no tasks".to_owned(),
        Some(tasks) => {
            let more =
                if tasks.len() > MAX_TASKS || result["more"] == true { ", and more" } else { "" };
            let tasks = tasks.iter().take(MAX_TASKS).map(name_task).collect::<Vec<_>>();
            format!("tasks: {}{more}", tasks.join(", "))
        }
        None => format!("{status}: {}", name_task(result)),
    }
}

fn name_task(task: &Value) -> String {
    format!("{} \"{}\"", task["number"], task["title"].as_str().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::ToolStatus;

    fn call(name: &str, result: Option<Value>) -> ToolCall {
        ToolCall {
            id: String::new(),
            name: name.to_owned(),
            arguments: Value::Null,
            result,
            status: ToolStatus::Succeeded,
        }
    }

    #[test]
    fn every_result_is_named() {
        let task = |number, title| json!({"number": number, "title": title, "status": "created"});
        let list =
            json!({"status": "ok", "tasks": [task(1, "milk"), task(2, "eggs")], "more": true});
        let calls = [
            call("add_task", Some(task(1, "milk"))),
            call("complete_task", Some(json!({"status": "error", "message": "no such task"}))),
            call("list_tasks", Some(list)),
            call("list_tasks", Some(json!({"status": "ok", "tasks": [], "more": false}))),
            call("add_task", None),
        ];
        let expected = "The model gave no answer. The results of its steps:\n\
                        - created: 1 \"milk\"\n\
                        - complete_task failed: no such task\n\
                        - tasks: 1 \"milk\", 2 \"eggs\", and more\n\
                        - no tasks";
        assert_eq!(summarize_results(&calls).as_deref(), Some(expected));
        assert_eq!(summarize_results(&calls[4..]), None);
    }
}
