use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;
use tandem_proto::task::CompleteTaskRequest;

use super::lookup::find_task;
use crate::arguments::TaskRef;
use crate::client::TaskClient;
use crate::failure::Failure;
use crate::registry::Tool;
use crate::task_view::changed_task;
use crate::toolbox::Call;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CompleteTask {
    task: TaskRef,
}

impl Tool for CompleteTask {
    const NAME: &'static str = "complete_task";
    const DESCRIPTION: &'static str = "Marks a task as done.";

    async fn run(self, client: &TaskClient, call: &Call<'_>) -> Result<Value, Failure> {
        let id = find_task(client, call, &self.task).await?.id;
        let request_id = call.request_id.to_owned();
        let request = CompleteTaskRequest { id, request_id, ..CompleteTaskRequest::default() };
        let task =
            client.send(call, request, async |mut stub, it| stub.complete_task(it).await).await?;
        Ok(changed_task("completed", &task))
    }
}
