//! `tandem config`: the settings in force, as a file.

use std::fs;
use std::path::Path;

use crate::run::{run, tandem};

/// Lines of settings, each as its name, value and source.
fn lines(printed: &str) -> Vec<[&str; 3]> {
    let set = printed.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let parts = |line| {
        let (name, rest): (&str, &str) = str::split_once(line, " = ").expect("a setting");
        let (value, source) = rest.rsplit_once("  # ").expect("a source");
        [name, value, source]
    };
    set.map(parts).collect()
}

async fn config(data: &Path, file: Option<&Path>, environment: &[(&str, &str)]) -> String {
    let mut command = tandem(data, &["config"]);
    command.envs(environment.iter().copied());
    if let Some(file) = file {
        command.arg("--config").arg(file);
    }
    run(&mut command).await.succeeded().out
}

#[tokio::test]
async fn every_setting_has_its_source() {
    let data = tempfile::tempdir().expect("a folder");
    let file = data.path().join("tandem.toml");
    fs::write(&file, "[chat.server]\nshutdown_timeout = \"9s\"\ndeadline = \"8s\"\n")
        .expect("a file");
    let environment = [("TANDEM_CHAT__SERVER__DEADLINE", "7s")];
    let printed = config(data.path(), Some(&file), &environment).await;
    let lines = lines(&printed);

    let of_file = format!("file {}", file.display());
    let of_variable = "environment variable TANDEM_CHAT__SERVER__DEADLINE";
    assert!(lines.contains(&["chat.server.shutdown_timeout", "\"9s\"", &of_file]), "{printed}");
    assert!(lines.contains(&["chat.server.deadline", "\"7s\"", of_variable]), "{printed}");
    assert!(lines.contains(&["task.server.deadline", "\"10s\"", "default"]), "{printed}");
    assert!(lines.contains(&["chat.log.filter", "\"info\"", "default"]), "{printed}");
}

#[tokio::test]
async fn printed_config_can_be_loaded() {
    let data = tempfile::tempdir().expect("a folder");
    let environment = [
        ("TANDEM_TASK__LOG__FILTER", "info,tandem_task=debug"),
        ("TANDEM_TASK__SERVER__LISTEN", "127.0.0.1:6000"),
        ("TANDEM_CHAT__AGENT__TIME_ZONE", "Europe/Berlin"),
    ];
    let printed = config(data.path(), None, &environment).await;
    toml::from_str::<toml::Table>(&printed).expect("it is TOML");
    let file = data.path().join("tandem.toml");
    fs::write(&file, &printed).expect("a file");

    // Another data folder has other defaults: equal values come from the file.
    let other = tempfile::tempdir().expect("a folder");
    let again = config(other.path(), Some(&file), &[]).await;
    let origin = format!("file {}", file.display());
    let expected = lines(&printed).into_iter().map(|[name, value, _]| [name, value, &origin]);
    assert_eq!(lines(&again), expected.collect::<Vec<_>>());
}

#[tokio::test]
async fn secrets_are_hidden() {
    let data = tempfile::tempdir().expect("a folder");
    let secret = "0123456789abcdef-canary-0123456789abcdef";
    let trust =
        format!(r#"[{{issuer = "i", audience = "a", keys = {{hs256_secret = "{secret}"}}}}]"#);
    let file = data.path().join("secret");
    fs::write(&file, trust.replace("canary", "canary-in-a-file")).expect("a file");
    let environment = [
        ("TANDEM_TASK__AUTH__TRUST", trust.as_str()),
        ("TANDEM_CHAT__AUTH__TRUST_FILE", file.to_str().expect("a path")),
        ("DATABASE_URL", "postgres://me:canary-password@host/db?password=canary-parameter"),
        (
            "TANDEM_CHAT__DATABASE__URL",
            "postgres://me:canary-password@host/chat?password=canary-parameter",
        ),
    ];
    let printed = config(data.path(), None, &environment).await;
    assert!(!printed.contains("canary"), "{printed}");
    assert_eq!(printed.matches("hs256_secret = \"***\"").count(), 2, "{printed}");
    assert!(printed.contains("postgres://me:***@host/db?password=***"), "{printed}");
    assert!(printed.contains("postgres://me:***@host/chat?password=***"), "{printed}");
    assert!(printed.contains("# environment variable DATABASE_URL"), "{printed}");
}

#[tokio::test]
async fn one_database_for_both_is_an_error() {
    let data = tempfile::tempdir().expect("a folder");
    let mut command = tandem(data.path(), &["config"]);
    let refused = run(command.env("DATABASE_URL", "postgres://host/db")).await;
    assert_eq!(refused.code, Some(1), "{refused:?}");
    let names = ["task.database.url", "chat.database.url", "DATABASE_URL"];
    assert!(names.iter().all(|name| refused.err.contains(name)), "{refused:?}");
}

#[tokio::test]
async fn unknown_names_are_reported_once() {
    let data = tempfile::tempdir().expect("a folder");
    let mut command = tandem(data.path(), &["config"]);
    let refused = run(command.env("TANDEM_TSAK__LOG__FILTER", "x")).await;
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert_eq!(refused.err.matches("TANDEM_TSAK__LOG__FILTER").count(), 1, "{refused:?}");
}

#[tokio::test]
async fn endpoint_of_tasks_follows_their_address() {
    let data = tempfile::tempdir().expect("a folder");
    let environment = [("TANDEM_TASK__SERVER__LISTEN", "127.0.0.1:6123")];
    let printed = config(data.path(), None, &environment).await;
    let endpoint = ["chat.tasks.endpoint", "\"http://127.0.0.1:6123\"", "default"];
    assert!(lines(&printed).contains(&endpoint), "{printed}");
}
