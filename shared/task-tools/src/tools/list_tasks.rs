use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use tandem_proto::task::{Task, TaskFilter, TaskStatus};

use super::lookup::list_page;
use crate::arguments::{Priority, parse_optional_time, priority_or_unspecified};
use crate::client::TaskClient;
use crate::failure::Failure;
use crate::registry::Tool;
use crate::task_view::listed_task;
use crate::toolbox::Call;

const DEFAULT_LIMIT: i32 = 20;

/// The most text in a list: tasks with long descriptions shorten the list, not the tasks.
const MAX_TEXT_BYTES: usize = 32 * 1024;

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListTasks {
    /// Only tasks of this status; `pending` by default.
    status: Option<StatusFilter>,
    /// Only pending tasks past their due time.
    overdue: Option<bool>,
    /// Only tasks due at this time or later, as RFC 3339 with an offset.
    due_after: Option<String>,
    /// Only tasks due before this time, as RFC 3339 with an offset.
    due_before: Option<String>,
    /// Only tasks of this priority.
    priority: Option<Priority>,
    /// Only tasks with this label.
    label: Option<String>,
    /// Only tasks that contain, for each of these words, a word that begins with it.
    query: Option<String>,
    /// The most tasks to return, 1 to 50; 20 by default.
    #[schemars(range(min = 1, max = 50))]
    limit: Option<i32>,
}

#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
enum StatusFilter {
    Pending,
    Completed,
    All,
}

impl Tool for ListTasks {
    const NAME: &'static str = "list_tasks";
    const DESCRIPTION: &'static str = "Lists tasks, the ones due first at the top.";

    async fn run(self, client: &TaskClient, call: &Call<'_>) -> Result<Value, Failure> {
        let limit = self.limit.unwrap_or(DEFAULT_LIMIT);
        let (tasks, has_more) = list_page(client, call, self.into_filter()?, limit).await?;
        let listed = &tasks[..fitting_count(&tasks)];
        let more = has_more || listed.len() < tasks.len();
        let listed = listed.iter().map(listed_task).collect::<Vec<_>>();
        Ok(json!({"status": "ok", "tasks": listed, "more": more}))
    }
}

impl ListTasks {
    fn into_filter(self) -> Result<TaskFilter, Failure> {
        let status = match self.status {
            None | Some(StatusFilter::Pending) => TaskStatus::Pending,
            Some(StatusFilter::Completed) => TaskStatus::Completed,
            Some(StatusFilter::All) => TaskStatus::Unspecified,
        };
        Ok(TaskFilter {
            status: status.into(),
            priority: priority_or_unspecified(self.priority),
            labels: self.label.into_iter().collect(),
            start_due_time: parse_optional_time("due_after", self.due_after)?,
            end_due_time: parse_optional_time("due_before", self.due_before)?,
            overdue: self.overdue.unwrap_or_default(),
            query: self.query.unwrap_or_default(),
            ..TaskFilter::default()
        })
    }
}

/// How many of the first tasks fit into [`MAX_TEXT_BYTES`]; the first always does.
fn fitting_count(tasks: &[Task]) -> usize {
    let mut bytes = 0;
    let fits = |task: &&Task| {
        bytes += task.title.len() + task.description.len();
        bytes <= MAX_TEXT_BYTES
    };
    tasks.iter().take_while(fits).count().max(1).min(tasks.len())
}
