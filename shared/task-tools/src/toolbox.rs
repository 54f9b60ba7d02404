//! The door to the tools: their specs, and running one.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use jsonschema::Validator;
use schemars::{JsonSchema, generate::SchemaSettings};
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::time::Instant;
use tonic::metadata::MetadataValue;
use tonic::transport::Channel;
use tonic::{Request, Status};
use tower::retry::budget::TpsBudget;

use crate::arguments::{AddTask, ListTasks, OneTask, UpdateTask};
use crate::failure::Failure;
use crate::line::Line;
use crate::{Outcome, Settings, Spec, retry};

/// The tools, over one channel to the task service. Clones share it, with what is known of its state.
#[derive(Debug, Clone)]
pub struct Toolbox {
    pub(crate) line: Arc<Line>,
    pub(crate) budget: Arc<TpsBudget>,
    /// How long a call is made again.
    pub(crate) patience: Duration,
}

/// One use of a tool.
#[derive(Debug, Clone, Copy)]
pub struct Call<'a> {
    /// The tool's name, as the model wrote it.
    pub name: &'a str,
    /// Its arguments, as the model wrote them.
    pub arguments: &'a Value,
    /// The token that says whose tasks they are.
    pub bearer: &'a str,
    /// Makes the effect happen once, however often the call is made.
    pub request_id: &'a str,
    /// When whoever makes the call has no more time for it.
    pub deadline: Instant,
    /// Somebody who is gone may have made the same call.
    pub again: bool,
}

impl Toolbox {
    /// The tools over `channel`, which leads to a task service.
    #[must_use]
    pub fn new(channel: Channel, settings: &Settings) -> Self {
        let (line, patience) = (Line::new(channel, settings.clone()), settings.retry_timeout.get());
        Self { line: Arc::new(line), budget: Arc::new(retry::budget(settings)), patience }
    }

    /// The tools there are.
    #[must_use]
    pub fn specs() -> Vec<Spec> {
        TOOLS.iter().map(|tool| tool.spec.clone()).collect()
    }

    /// Runs a tool. A failure is an outcome, which the model gets to see and can act on.
    pub async fn run(&self, call: Call<'_>) -> Outcome {
        let result = match check(&call) {
            Ok(()) => self.dispatch(call).await,
            Err(failure) => Err(failure),
        };
        if let Err(Failure::Service(status)) = &result {
            tracing::warn!(tool.name = call.name, code = ?status.code(), "tool call refused");
        }
        match result {
            Ok(result) => Outcome { succeeded: true, result },
            Err(failure) => Outcome { succeeded: false, result: failure.result() },
        }
    }

    async fn dispatch(&self, call: Call<'_>) -> Result<Value, Failure> {
        match call.name {
            "add_task" => self.add(&call, read(&call)?).await,
            "list_tasks" => self.list(&call, read(&call)?).await,
            "complete_task" => self.complete(&call, read(&call)?).await,
            "reopen_task" => self.reopen(&call, read(&call)?).await,
            "update_task" => self.update(&call, read(&call)?).await,
            "delete_task" => self.delete(&call, read(&call)?).await,
            _ => Err(Failure::UnknownTool(call.name.to_owned())),
        }
    }
}

impl Call<'_> {
    /// A request to the task service on behalf of the call's user, which may take so long.
    pub(crate) fn request<M>(&self, message: M, limit: Duration) -> Result<Request<M>, Status> {
        let mut request = Request::new(message);
        request.set_timeout(limit);
        let bearer = MetadataValue::try_from(format!("Bearer {}", self.bearer));
        let bearer = bearer.map_err(|_| Status::internal("the token is no header value"))?;
        request.metadata_mut().insert("authorization", bearer);
        if let Some(id) = tandem_error::request::current()
            && let Ok(id) = MetadataValue::try_from(&*id)
        {
            request.metadata_mut().insert("x-request-id", id);
        }
        Ok(request)
    }
}

struct Tool {
    spec: Spec,
    validator: Validator,
}

static TOOLS: LazyLock<Vec<Tool>> = LazyLock::new(|| {
    vec![
        tool::<AddTask>("add_task", "Creates a task."),
        tool::<ListTasks>("list_tasks", "Lists tasks, the ones due first at the top."),
        tool::<OneTask>("complete_task", "Marks a task as done."),
        tool::<OneTask>("reopen_task", "Marks a task as still to be done."),
        tool::<UpdateTask>("update_task", "Changes what a task says; what is left out stays."),
        tool::<OneTask>("delete_task", "Deletes a task."),
    ]
});

static INDEX: LazyLock<BTreeMap<&'static str, &'static Validator>> =
    LazyLock::new(|| TOOLS.iter().map(|tool| (tool.spec.name, &tool.validator)).collect());

fn tool<A: JsonSchema>(name: &'static str, description: &'static str) -> Tool {
    let generator = SchemaSettings::draft2020_12().into_generator();
    let mut parameters = Value::from(generator.into_root_schema_for::<A>());
    if let Some(object) = parameters.as_object_mut() {
        // Of use to people who read the Rust type, not to a model.
        for key in ["$schema", "title", "description"] {
            object.remove(key);
        }
    }
    let validator = jsonschema::validator_for(&parameters).expect("schemars writes valid schemas");
    Tool { spec: Spec { name, description, parameters }, validator }
}

/// Names everything that is wrong with the arguments, by the tool's schema.
fn check(call: &Call<'_>) -> Result<(), Failure> {
    let validator =
        INDEX.get(call.name).ok_or_else(|| Failure::UnknownTool(call.name.to_owned()))?;
    let faults = validator.iter_errors(call.arguments).map(|error| {
        match error.instance_path().as_str().trim_start_matches('/') {
            "" => error.to_string(),
            path => format!("{path}: {error}"),
        }
    });
    let faults = faults.collect::<Vec<_>>();
    if faults.is_empty() { Ok(()) } else { Err(Failure::Arguments(faults)) }
}

fn read<A: DeserializeOwned>(call: &Call<'_>) -> Result<A, Failure> {
    A::deserialize(call.arguments).map_err(|error| Failure::Arguments(vec![error.to_string()]))
}
