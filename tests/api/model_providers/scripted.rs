//! The scripted model.

use tandem_llm::{Kind, Provider};
use tandem_proto::task::TaskFilter;

use super::{answered, settings, talk};
use crate::support::tasks::numbers;

const SCRIPT: &str = r#"
[[reply]]
contains = "milk"
steps = [
    { calls = [
        { tool = "add_task", arguments = { title = "milk" } },
        { tool = "add_task", arguments = { title = "more milk" } },
    ] },
    { text = ["Added ", "both."], delay = "1ms" },
]

[[reply]]
steps = [{ text = ["I only know my lines."] }]
"#;

async fn a_script_is_played_step_by_step_and_calls_real_tools() {
    let folder = tempfile::tempdir().expect("a folder");
    let script = folder.path().join("script.toml");
    std::fs::write(&script, SCRIPT).expect("a file");
    let provider = Provider { script: Some(script), ..Provider::new(Kind::SCRIPTED) };
    let talk = talk(settings([("play", provider)])).await;
    for (message, answer) in
        [("get milk", "Added both."), ("hello", "I only know my lines."), ("MILK", "Added both.")]
    {
        assert_eq!(answered(&talk, message).await.content, answer);
    }
    let tasks = numbers(&talk.app.tasks_as("alice"), TaskFilter::default()).await;
    assert_eq!(tasks, [1, 2, 3, 4]);
}

database_tests! {
    tests:
        a_script_is_played_step_by_step_and_calls_real_tools;
}
