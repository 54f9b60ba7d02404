//! The arguments of each tool. Their JSON schemas are made from these types, so that what a model is
//! told and what is read cannot differ. Limits of length are the task service's own: it names them.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AddTask {
    /// What is to be done, in a line.
    pub(crate) title: String,
    /// Anything more there is to say.
    pub(crate) description: Option<String>,
    /// When it has to be done, as RFC 3339 with an offset.
    pub(crate) due_time: Option<String>,
    /// How much it matters.
    pub(crate) priority: Option<Priority>,
    /// Words to find it by.
    pub(crate) labels: Option<Vec<String>>,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListTasks {
    /// Which tasks by status; `pending` where it is left out.
    pub(crate) status: Option<StatusFilter>,
    /// Only those that are pending and past their due time.
    pub(crate) overdue: Option<bool>,
    /// Only those due at this time or later, as RFC 3339 with an offset.
    pub(crate) due_after: Option<String>,
    /// Only those due before this time, as RFC 3339 with an offset.
    pub(crate) due_before: Option<String>,
    /// Only those of this priority.
    pub(crate) priority: Option<Priority>,
    /// Only those with this label.
    pub(crate) label: Option<String>,
    /// Only those that hold, for each of these words, one that begins with it.
    pub(crate) query: Option<String>,
    /// The most tasks to list, 1 to 50; 20 where it is left out.
    #[schemars(range(min = 1, max = 50))]
    pub(crate) limit: Option<i32>,
}

/// For completing, reopening and deleting.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OneTask {
    pub(crate) task: TaskRef,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UpdateTask {
    pub(crate) task: TaskRef,
    /// The new title.
    pub(crate) title: Option<String>,
    /// The new description; empty for none.
    pub(crate) description: Option<String>,
    /// The new due time, as RFC 3339 with an offset; empty for none.
    pub(crate) due_time: Option<String>,
    /// The new priority.
    pub(crate) priority: Option<NewPriority>,
    /// Labels to add.
    pub(crate) add_labels: Option<Vec<String>>,
    /// Labels to take off.
    pub(crate) remove_labels: Option<Vec<String>>,
}

#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub(crate) enum Priority {
    Low,
    Medium,
    High,
}

#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub(crate) enum NewPriority {
    Low,
    Medium,
    High,
    None,
}

#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub(crate) enum StatusFilter {
    Pending,
    Completed,
    All,
}

/// How a model names a task.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub(crate) enum TaskRef {
    /// By its number.
    Number(i64),
    /// By its id, or by its number as text.
    Text(String),
}

impl JsonSchema for TaskRef {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "TaskRef".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": ["integer", "string"],
            "description": "The task's number, as in 12, or its id.",
        })
    }
}
