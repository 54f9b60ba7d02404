use std::time::Duration;

use serde::Deserialize;
use serde_json::json;
use tokio::time::Instant;
use tonic::transport::Endpoint;

use super::*;
use crate::Settings;

/// A tool that only tests have.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct PlantedTool {
    minutes: u32,
}

impl Tool for PlantedTool {
    const NAME: &'static str = "planted_tool";
    const DESCRIPTION: &'static str = "A tool that only tests have.";

    async fn run(self, _: &TaskClient, _: &Call<'_>) -> Result<Value, Failure> {
        Ok(json!({"status": "done", "minutes": self.minutes}))
    }
}

/// Files in `tools/` without a registered tool of the same name, and tools without a file.
fn unmatched_tools(registry: &Registry, files: &[&str]) -> Vec<String> {
    let names = registry.specs().map(|spec| spec.name).collect::<Vec<_>>();
    let unregistered = files.iter().filter(|file| !names.contains(*file));
    let homeless = names.iter().filter(|name| !files.contains(*name));
    unregistered.chain(homeless).map(|it| (*it).to_owned()).collect()
}

/// The tool files, by the module list of `tools/mod.rs`.
fn tool_files() -> Vec<&'static str> {
    let modules = include_str!("../tools/mod.rs").lines();
    let modules = modules.filter_map(|line| line.strip_prefix("mod ")?.strip_suffix(';'));
    modules.filter(|module| *module != "lookup").collect()
}

async fn run_tool(registry: &Registry, name: &str, arguments: Value) -> Result<Value, Failure> {
    let channel = Endpoint::from_static("http://127.0.0.1:1").connect_lazy();
    let client = TaskClient::new(channel, Settings::default());
    let deadline = Instant::now() + Duration::from_secs(10);
    let (bearer_token, request_id, is_replay) = ("", "", false);
    let arguments = &arguments;
    let call = Call { name, arguments, bearer_token, request_id, deadline, is_replay };
    registry.run(&client, &call).await
}

#[test]
fn every_tool_file_is_registered() {
    let files = tool_files();
    assert!(files.len() >= 6, "{files:?}");
    assert_eq!(unmatched_tools(&TOOLS, &files), [""; 0]);
}

#[test]
fn unregistered_tool_is_found() {
    assert_eq!(
        unmatched_tools(&TOOLS, &[&tool_files()[..], &["planted_tool"]].concat()),
        ["planted_tool"]
    );
    let registry = Registry::default().register::<PlantedTool>();
    assert_eq!(unmatched_tools(&registry, &[]), ["planted_tool"]);
}

#[tokio::test]
async fn every_listed_tool_has_a_handler() {
    for spec in TOOLS.specs() {
        let failure =
            run_tool(&TOOLS, spec.name, json!({"unknown": 1})).await.expect_err("refused");
        assert!(matches!(failure, Failure::InvalidArguments(_)), "{}: {failure:?}", spec.name);
    }
}

#[tokio::test]
async fn registering_a_tool_lists_and_runs_it() {
    let arguments = json!({"minutes": 5});
    let missing = run_tool(&TOOLS, PlantedTool::NAME, arguments.clone()).await;
    assert!(matches!(missing, Err(Failure::UnknownTool(name)) if name == PlantedTool::NAME));

    let registry = Registry::default().register::<AddTask>().register::<PlantedTool>();
    let names = registry.specs().map(|spec| spec.name).collect::<Vec<_>>();
    assert_eq!(names, ["add_task", "planted_tool"]);
    let result = run_tool(&registry, PlantedTool::NAME, arguments).await.expect("a result");
    assert_eq!(result["minutes"], 5);
}

#[tokio::test]
async fn all_violations_are_reported() {
    let failure = run_tool(&TOOLS, AddTask::NAME, json!({"title": 1, "priority": "urgent"})).await;
    let Err(Failure::InvalidArguments(violations)) = failure else { panic!("accepted") };
    assert_eq!(violations.len(), 2, "{violations:?}");
}

#[test]
#[should_panic(expected = "two tools are named add_task")]
fn duplicate_name_is_refused() {
    drop(Registry::default().register::<AddTask>().register::<AddTask>());
}
