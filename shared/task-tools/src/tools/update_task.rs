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
        let (task, paths) = self.apply_to(found)?;
        if paths.is_empty() {
            return Err(Failure::InvalidArguments(vec!["nothing to change is named".to_owned()]));
        }
        let request = UpdateTaskRequest {
            task: Some(task),
            update_mask: Some(FieldMask { paths }),
            request_id: call.request_id.to_owned(),
        };
        let task =
            client.send(call, request, async |mut stub, it| stub.update_task(it).await).await?;
        Ok(changed_task("updated", &task))
    }
}

impl UpdateTask {
    /// The task with the new values, and the paths of the changed fields.
    fn apply_to(self, found: Task) -> Result<(Task, Vec<String>), Failure> {
        let mut task = Task { id: found.id, ..Task::default() };
        let mut paths = Vec::new();
        if let Some(title) = self.title {
            task.title = title;
            paths.push("title");
        }
        if let Some(description) = self.description {
            task.description = description;
            paths.push("description");
        }
        if let Some(due) = self.due_time {
            task.due_time = if due.is_empty() { None } else { Some(parse_time("due_time", &due)?) };
            paths.push("due_time");
        }
        if let Some(priority) = self.priority {
            task.priority = Priority::from(priority).into();
            paths.push("priority");
        }
        if self.add_labels.is_some() || self.remove_labels.is_some() {
            task.labels = change_labels(found.labels, self.add_labels, self.remove_labels);
            paths.push("labels");
        }
        Ok((task, paths.into_iter().map(str::to_owned).collect()))
    }
}

/// Idempotent: a repeated call has to send the same request as the first.
fn change_labels(
    mut labels: Vec<String>,
    added: Option<Vec<String>>,
    removed: Option<Vec<String>>,
) -> Vec<String> {
    let removed = removed.unwrap_or_default();
    labels.retain(|label| !removed.contains(label));
    for label in added.unwrap_or_default() {
        if !labels.contains(&label) {
            labels.push(label);
        }
    }
    labels
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_label_change_is_identical() {
        let labels = |labels: &[&str]| labels.iter().map(|it| (*it).to_owned()).collect();
        let new = || UpdateTask {
            task: TaskRef::Number(1),
            title: None,
            description: None,
            due_time: None,
            priority: None,
            add_labels: Some(labels(&["home"])),
            remove_labels: Some(labels(&["work"])),
        };
        let found = Task { labels: labels(&["work", "shop"]), ..Task::default() };
        let (first, _) = new().apply_to(found).expect("a change");
        let (again, _) = new().apply_to(first.clone()).expect("a change");
        assert_eq!((&first.labels, &again), (&labels(&["shop", "home"]), &first));
    }
}
