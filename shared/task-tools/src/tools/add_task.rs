use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;
use tandem_proto::task::{CreateTaskRequest, Task};

use crate::arguments::{Priority, parse_optional_time, priority_or_unspecified};
use crate::client::TaskClient;
use crate::failure::Failure;
use crate::registry::Tool;
use crate::task_view::changed_task;
use crate::toolbox::Call;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AddTask {
    /// What has to be done, in one line.
    title: String,
    /// More details.
    description: Option<String>,
    /// When it is due, as RFC 3339 with an offset.
    due_time: Option<String>,
    /// How important it is.
    priority: Option<Priority>,
    /// Words to find it by.
    labels: Option<Vec<String>>,
}

impl Tool for AddTask {
    const NAME: &'static str = "add_task";
    const DESCRIPTION: &'static str = "Creates a task.";

    async fn run(self, client: &TaskClient, call: &Call<'_>) -> Result<Value, Failure> {
        let task = Task {
            title: self.title,
            description: self.description.unwrap_or_default(),
            due_time: parse_optional_time("due_time", self.due_time)?,
            priority: priority_or_unspecified(self.priority),
            labels: self.labels.unwrap_or_default(),
            ..Task::default()
        };
        let request_id = call.request_id.to_owned();
        let request = CreateTaskRequest { task: Some(task), request_id };
        let task =
            client.send(call, request, async |mut stub, it| stub.create_task(it).await).await?;
        Ok(changed_task("created", &task))
    }
}
