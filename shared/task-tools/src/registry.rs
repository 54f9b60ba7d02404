//! The registry of tools: specs, argument checks and handlers come from one list.

use std::pin::Pin;
use std::sync::LazyLock;

use jsonschema::{ValidationError, Validator};
use schemars::{JsonSchema, generate::SchemaSettings};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::Spec;
use crate::client::TaskClient;
use crate::failure::Failure;
use crate::toolbox::Call;
use crate::tools::{AddTask, CompleteTask, DeleteTask, ListTasks, ReopenTask, UpdateTask};

/// All tools, in the order in which a model sees them.
pub(crate) static TOOLS: LazyLock<Registry> = LazyLock::new(|| {
    Registry::default()
        .register::<AddTask>()
        .register::<ListTasks>()
        .register::<CompleteTask>()
        .register::<ReopenTask>()
        .register::<UpdateTask>()
        .register::<DeleteTask>()
});

/// A tool is the type of its arguments: the schema is generated from it, and it runs itself.
pub(crate) trait Tool: DeserializeOwned + JsonSchema + Send + Sized + 'static {
    /// The name of the tool; its file in `tools/` has the same.
    const NAME: &'static str;
    const DESCRIPTION: &'static str;

    fn run(
        self,
        client: &TaskClient,
        call: &Call<'_>,
    ) -> impl Future<Output = Result<Value, Failure>> + Send;
}

type RunningTool<'a> = Pin<Box<dyn Future<Output = Result<Value, Failure>> + Send + 'a>>;
type Handler = for<'a> fn(&'a TaskClient, &'a Call<'a>) -> RunningTool<'a>;

/// A registered tool: no spec without a handler, no handler without a spec.
struct Entry {
    spec: Spec,
    validator: Validator,
    handler: Handler,
}

#[derive(Default)]
pub(crate) struct Registry {
    entries: Vec<Entry>,
}

impl Registry {
    /// Adds a tool.
    ///
    /// # Panics
    /// If another tool has the same name.
    pub(crate) fn register<T: Tool>(mut self) -> Self {
        assert!(self.find_entry(T::NAME).is_none(), "two tools are named {}", T::NAME);
        let parameters = parameters_of::<T>();
        let validator =
            jsonschema::validator_for(&parameters).expect("schemars writes valid schemas");
        let spec = Spec { name: T::NAME, description: T::DESCRIPTION, parameters };
        self.entries.push(Entry { spec, validator, handler: handle::<T> });
        self
    }

    pub(crate) fn specs(&self) -> impl Iterator<Item = &Spec> {
        self.entries.iter().map(|entry| &entry.spec)
    }

    /// Validates the arguments and runs the tool.
    pub(crate) async fn run(&self, client: &TaskClient, call: &Call<'_>) -> Result<Value, Failure> {
        let entry =
            self.find_entry(call.name).ok_or_else(|| Failure::UnknownTool(call.name.to_owned()))?;
        validate_arguments(&entry.validator, call.arguments)?;
        (entry.handler)(client, call).await
    }

    fn find_entry(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.spec.name == name)
    }
}

fn handle<'a, T: Tool>(client: &'a TaskClient, call: &'a Call<'a>) -> RunningTool<'a> {
    Box::pin(async move {
        let tool = T::deserialize(call.arguments)
            .map_err(|error| Failure::InvalidArguments(vec![error.to_string()]))?;
        tool.run(client, call).await
    })
}

fn parameters_of<T: Tool>() -> Value {
    let generator = SchemaSettings::draft2020_12().into_generator();
    let mut parameters = Value::from(generator.into_root_schema_for::<T>());
    if let Some(object) = parameters.as_object_mut() {
        // They describe the Rust type, not the tool.
        for key in ["$schema", "title", "description"] {
            object.remove(key);
        }
    }
    parameters
}

/// Returns all violations of the schema.
fn validate_arguments(validator: &Validator, arguments: &Value) -> Result<(), Failure> {
    let violations = validator.iter_errors(arguments).map(|it| violation_text(&it));
    let violations = violations.collect::<Vec<_>>();
    if violations.is_empty() { Ok(()) } else { Err(Failure::InvalidArguments(violations)) }
}

fn violation_text(error: &ValidationError<'_>) -> String {
    match error.instance_path().as_str().trim_start_matches('/') {
        "" => error.to_string(),
        path => format!("{path}: {error}"),
    }
}

#[cfg(test)]
mod tests;
