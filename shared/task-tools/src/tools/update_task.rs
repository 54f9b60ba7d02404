use prost_types::FieldMask;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;
use tandem_proto::task::{Priority, Task, UpdateTaskRequest};

use super::lookup::find_task;
use crate::arguments::{TaskRef, parse_time};
use crate::client::TaskClient;
use crate::failure::Failure;
use crate::registry::Tool;
use crate::task_view::changed_task;
use crate::toolbox::Call;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UpdateTask {
    task: TaskRef,
    /// The new title.
    title: Option<String>,
    /// The new description; empty for none.
    description: Option<String>,
    /// The new due time, as RFC 3339 with an offset; empty for none.
    due_time: Option<String>,
    /// The new priority.
    priority: Option<NewPriority>,
    /// Labels to add.
    add_labels: Option<Vec<String>>,
    /// Labels to remove.
    remove_labels: Option<Vec<String>>,
}

#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
enum NewPriority {
    Low,
    Medium,
    High,
    None,
}

impl From<NewPriority> for Priority {
    fn from(priority: NewPriority) -> Self {
        match priority {
            NewPriority::Low => Self::Low,
            NewPriority::Medium => Self::Medium,
            NewPriority::High => Self::High,
            NewPriority::None => Self::Unspecified,
        }
    }
}

impl Tool for UpdateTask {
    const NAME: &'static str = "update_task";
    const DESCRIPTION: &'static str =
        "Changes fields of a task; fields left out keep their values.";

    async fn run(self, client: &TaskClient, call: &Call<'_>) -> Result<Value, Failure> {
        let found = find_task(client, call, &self.task).await?;
        let request = self.into_request(found.id, call.request_id)?;
        let task =
            client.send(call, request, async |mut stub, it| stub.update_task(it).await).await?;
        Ok(changed_task("updated", &task))
    }
}

impl UpdateTask {
    /// The request, made of the arguments alone: a repeat sends the same one, whatever the task is now.
    fn into_request(self, id: String, request_id: &str) -> Result<UpdateTaskRequest, Failure> {
        let mut task = Task { id, ..Task::default() };
        let mut paths = Vec::new();
        if let Some(title) = self.title {
            task.title = title;
            paths.push("title".to_owned());
        }
        if let Some(description) = self.description {
            task.description = description;
            paths.push("description".to_owned());
        }
        if let Some(due) = self.due_time {
            task.due_time = if due.is_empty() { None } else { Some(parse_time("due_time", &due)?) };
            paths.push("due_time".to_owned());
        }
        if let Some(priority) = self.priority {
            task.priority = Priority::from(priority).into();
            paths.push("priority".to_owned());
        }
        let add_labels = self.add_labels.unwrap_or_default();
        let remove_labels = self.remove_labels.unwrap_or_default();
        if paths.is_empty() && add_labels.is_empty() && remove_labels.is_empty() {
            return Err(Failure::InvalidArguments(vec!["nothing to change is named".to_owned()]));
        }
        Ok(UpdateTaskRequest {
            task: Some(task),
            update_mask: Some(FieldMask { paths }),
            request_id: request_id.to_owned(),
            add_labels,
            remove_labels,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(labels: &[&str]) -> Option<Vec<String>> {
        Some(labels.iter().map(|it| (*it).to_owned()).collect())
    }

    #[test]
    fn labels_are_changed_by_name() {
        let change = UpdateTask {
            task: TaskRef::Number(1),
            title: None,
            description: None,
            due_time: None,
            priority: None,
            add_labels: labels(&["home"]),
            remove_labels: labels(&["work"]),
        };
        let request = change.into_request("id".to_owned(), "once").expect("a change");
        let expected = UpdateTaskRequest {
            task: Some(Task { id: "id".to_owned(), ..Task::default() }),
            update_mask: Some(FieldMask::default()),
            request_id: "once".to_owned(),
            add_labels: vec!["home".to_owned()],
            remove_labels: vec!["work".to_owned()],
        };
        assert_eq!(request, expected);
    }
}
