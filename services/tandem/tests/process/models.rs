//! Model providers: settings, log, and secrecy of API keys.

use std::path::Path;

use serde_json::Value;
use tandem_proto::chat::{ChatRequest, ChatResponse};
use tandem_test_support::model_server::{Answer, ModelServer, Reply};

use crate::run::{run, tandem};
use crate::system::System;

/// An API key, which must not appear anywhere.
const KEY: &str = "sk-canary-0123456789";

/// A provider's error text, which may appear only in the log.
const WORDS: &str = "no credit left\r\nERROR forged line \u{1b}[31m\u{202e} for the key";

async fn send_message(system: &System, message: &str) -> ChatResponse {
    let request = ChatRequest { message: message.to_owned(), ..ChatRequest::default() };
    system.chats().await.chat(request).await.expect("an answer").into_inner()
}

/// Whether any file below `folder` contains `text`.
fn is_stored(folder: &Path, text: &str) -> bool {
    let entries = std::fs::read_dir(folder).expect("a folder");
    entries.map(|entry| entry.expect("an entry").path()).any(|path| {
        let bytes = || std::fs::read(&path).expect("a file");
        if path.is_dir() {
            is_stored(&path, text)
        } else {
            bytes().windows(text.len()).any(|part| part == text.as_bytes())
        }
    })
}

#[tokio::test]
async fn log_has_provider_errors_but_no_key() {
    let refusal = format!("{WORDS} {KEY} {}", "x".repeat(10_000));
    let first = ModelServer::start(move |_| Reply::status(401, &refusal)).await;
    let second =
        ModelServer::play([Reply::status(503, WORDS), Answer::text("Hello.").into()]).await;
    let data = tempfile::tempdir().expect("a folder");
    let secrets = tempfile::tempdir().expect("a folder");
    let file = secrets.path().join("key");
    std::fs::write(&file, format!("{KEY}-of-a-file\n")).expect("a file");
    let (first_url, second_url) = (first.openai_url(), second.openai_url());
    let mut system = System::start_with(
        data.path(),
        &[
            ("OPENAI_API_KEY", KEY),
            ("OPENAI_BASE_URL", &first_url),
            ("TANDEM_CHAT__MODELS__FALLBACK_ORDER", "openai,local"),
            ("TANDEM_CHAT__MODELS__RETRY_INITIAL_BACKOFF", "1ms"),
            ("TANDEM_CHAT__MODELS__PROVIDERS__LOCAL__KIND", "openai"),
            ("TANDEM_CHAT__MODELS__PROVIDERS__LOCAL__MODEL", "llama"),
            ("TANDEM_CHAT__MODELS__PROVIDERS__LOCAL__BASE_URL", &second_url),
            ("TANDEM_CHAT__MODELS__PROVIDERS__LOCAL__API_KEY_FILE", file.to_str().expect("a path")),
            ("TANDEM_CHAT__LOG__FORMAT", "json"),
            ("TANDEM_CHAT__LOG__FILTER", "trace"),
        ],
    )
    .await;
    let answer = send_message(&system, "hello").await;
    assert_eq!(answer.response, "Hello.");
    system.signal("TERM").await;
    system.end().await;
    assert_eq!(first.requests()[0].header("authorization"), format!("Bearer {KEY}"));
    let of_file = format!("Bearer {KEY}-of-a-file");
    assert!(second.requests().iter().all(|request| request.header("authorization") == of_file));

    let (out, log) = (system.out.to_end().await, system.err.to_end().await);
    let lines = log.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    let lines = lines.collect::<Vec<_>>();
    let logged = |message: &str| {
        let line = lines.iter().find(|line| line["message"] == message);
        line.unwrap_or_else(|| panic!("no {message:?} in:\n{log}")).clone()
    };
    let next = logged("falling back to next model");
    assert_eq!((&next["model.name"], &next["model.next"]), (&"openai".into(), &"local".into()));
    let error = next["error"].as_str().expect("an error");
    assert!(error.starts_with("rejected: 401 Unauthorized: no credit left  ERROR"), "{error}");
    assert!(error.contains("key ***") && error.chars().count() < 600, "{error}");
    assert!(error.chars().all(|c| !c.is_control() && c != '\u{202e}'), "{error:?}");
    assert_eq!(logged("retrying model call")["model.name"], "local");

    for (place, text) in [("log", &log), ("output", &out), ("answer", &format!("{answer:?}"))] {
        assert!(!text.contains("canary"), "a key is in the {place}: {text}");
    }
    assert!(!out.contains("no credit") && !format!("{answer:?}").contains("no credit"));
    assert!(!is_stored(data.path(), "canary") && !is_stored(data.path(), "no credit"));
}

#[tokio::test]
async fn key_alone_selects_no_provider() {
    let server = ModelServer::start(|_| Answer::text("Hello.").into()).await;
    let url = server.openai_url();
    let environment = [("OPENAI_API_KEY", KEY), ("OPENAI_BASE_URL", url.as_str())];
    let data = tempfile::tempdir().expect("a folder");
    let system = System::start_with(data.path(), &environment).await;
    let answer = send_message(&system, "add milk").await;
    assert_eq!(answer.tool_calls[0].name, "add_task");
    assert!(server.requests().is_empty());
    let banner = system.out.text();
    let hint = "TANDEM_CHAT__MODELS__FALLBACK_ORDER=openai,builtin";
    assert!(banner.contains(hint) && !banner.contains(KEY), "{banner}");

    let (name, value) = hint.split_once('=').expect("a variable");
    let data = tempfile::tempdir().expect("a folder");
    let environment = [environment.as_slice(), &[(name, value)]].concat();
    let system = System::start_with(data.path(), &environment).await;
    assert_eq!(send_message(&system, "add milk").await.response, "Hello.");
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn printed_settings_hide_keys() {
    let data = tempfile::tempdir().expect("a folder");
    let mut command = tandem(data.path(), &["config"]);
    let keys = ["OPENAI_API_KEY", "GEMINI_API_KEY", "ANTHROPIC_API_KEY"];
    let printed = run(command.envs(keys.map(|name| (name, KEY)))).await.succeeded().out;
    assert!(!printed.contains("canary"), "{printed}");
    for (provider, variable) in ["openai", "gemini", "anthropic"].iter().zip(keys) {
        let line = format!(
            "chat.models.providers.{provider}.api_key = \"***\"  # environment variable {variable}"
        );
        assert!(printed.contains(&line), "{line} in {printed}");
    }
    assert!(printed.contains("chat.models.fallback_order = [\"builtin\"]  # default"), "{printed}");
}

#[tokio::test]
async fn all_model_errors_are_reported() {
    let data = tempfile::tempdir().expect("a folder");
    let script = data.path().join("script.toml");
    std::fs::write(&script, "[[reply]]\nequals = 7\nsteps = []\n").expect("a file");
    let file = data.path().join("tandem.toml");
    let settings = format!(
        r#"
[chat.models]
fallback_order = ["local", "gemini", "play", "nobody"]

[chat.models.providers.local]
kind = "openai"
base_url = "localhost:11434"
api_key = "{KEY} with a space"
colour = "blue"

[chat.models.providers.play]
kind = "scripted"
script = "{}"
"#,
        script.display()
    );
    std::fs::write(&file, settings).expect("a file");
    let mut command = tandem(data.path(), &["config"]);
    let outcome = run(command.arg("--config").arg(&file)).await;
    assert_eq!(outcome.code, Some(1), "{outcome:?}");
    for fault in [
        "chat.models.fallback_order: \"nobody\" is not a provider",
        "chat.models.providers.local.base_url: is not a valid URL",
        "chat.models.providers.local.model: is missing",
        "chat.models.providers.local.api_key: is not a valid API key",
        "chat.models.providers.local.colour: is not a setting",
        "chat.models.providers.gemini.api_key: is missing",
        "chat.models.providers.play.script:",
        "line 2",
    ] {
        assert!(outcome.err.contains(fault), "{fault:?} in:\n{}", outcome.err);
    }
    assert!(!outcome.err.contains("canary"), "{}", outcome.err);
}
