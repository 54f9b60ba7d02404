//! Startup errors: clear lines, and an exit status other than 0.

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;

use tandem_test_support::free_port;

use crate::run::{Outcome, run, tandem};

/// An address on which nothing listens.
pub(crate) fn free_address() -> String {
    format!("127.0.0.1:{}", free_port())
}

fn listener() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address");
    (listener, address)
}

/// Starts the system and waits for it to exit.
async fn start(data: &Path, environment: &[(&str, &str)]) -> Outcome {
    let ports = [
        ("TANDEM_CHAT__SERVER__LISTEN", "127.0.0.1:0"),
        ("TANDEM_TASK__SERVER__LISTEN", "127.0.0.1:0"),
    ];
    run(tandem(data, &[]).envs(ports).envs(environment.iter().copied())).await
}

#[tokio::test]
async fn port_in_use_names_the_setting() {
    let data = tempfile::tempdir().expect("a folder");
    let (_taken, address) = listener();
    for service in ["chat", "task"] {
        let name = format!("TANDEM_{}__SERVER__LISTEN", service.to_uppercase());
        let line = start(data.path(), &[(&name, &address.to_string())]).await.failed_with_a_line();
        let expected = format!("error: {service}: address {address} is already in use");
        assert!(line.starts_with(&expected), "{line}");
        assert!(line.ends_with("(setting server.listen)"), "{line}");
    }
}

#[tokio::test]
async fn unwritable_folder_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("file");
    fs::write(&file, "").expect("a file");
    // No user can create a folder below a file, not even root.
    let data = file.join("data");
    for arguments in [&[][..], &["config"], &["token"], &["ask", "hello"]] {
        let line = run(&mut tandem(&data, arguments)).await.failed_with_a_line();
        assert!(line.contains(&data.display().to_string()), "{line}");
        assert!(line.contains("cannot be written"), "{line}");
    }
}

#[tokio::test]
async fn unusable_database_stops_the_start() {
    for database in ["chat.db", "task.db"] {
        let data = tempfile::tempdir().expect("a folder");
        fs::create_dir_all(data.path().join(database)).expect("a folder in its place");
        let ended = start(data.path(), &[]).await;
        assert_eq!((ended.code, ended.out.as_str()), (Some(1), ""), "{ended:?}");
        let last = ended.err.lines().next_back().unwrap_or_default();
        assert!(last.starts_with("error: ") && last.contains(database), "{ended:?}");
        assert_no_panic(&ended);
    }
}

#[tokio::test]
async fn file_of_another_format_is_refused() {
    let data = tempfile::tempdir().expect("a folder");
    fs::write(data.path().join("task.db"), "shopping list\n".repeat(1000)).expect("a file");
    let ended = start(data.path(), &[]).await;
    assert_eq!((ended.code, ended.out.as_str()), (Some(1), ""), "{ended:?}");
    let last = ended.err.lines().next_back().unwrap_or_default();
    assert!(last.starts_with("error: ") && last.contains("not a database"), "{ended:?}");
    assert_no_panic(&ended);
}

#[tokio::test]
async fn invalid_key_files_are_refused() {
    let data = tempfile::tempdir().expect("a folder");
    run(&mut tandem(data.path(), &["config"])).await.succeeded();
    fs::write(data.path().join("keys/users.public.pem"), "garbage").expect("a file");
    let ended = start(data.path(), &[]).await;
    assert_eq!((ended.code, ended.out.as_str()), (Some(1), ""), "{ended:?}");
    let setting = "auth.trust.0.keys.ed25519_public_key_file: must be an Ed25519 public key";
    for service in ["task", "chat"] {
        assert!(ended.err.contains(&format!("{service}.{setting}")), "{ended:?}");
    }
    assert_no_panic(&ended);
}

#[tokio::test]
async fn errors_are_listed_without_secrets() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("tandem.toml");
    let text = "[task.server]\ndeadline = \"0s\"\n\
                [chat.agent]\nturn_timeout = \"hunter2-in-the-file\"\n\
                [chat.nonsense]\nkey = \"hunter2-unknown\"\n";
    fs::write(&file, text).expect("a file");
    let secret = r#"[{issuer = "i", audience = "a", keys = {hs256_secret = "hunter2-short"}}]"#;
    let environment = [
        ("TANDEM_CONFIG", file.to_str().expect("a path")),
        ("TANDEM_TASK__DATABASE__MAX_CONNECTIONS", "hunter2-many"),
        ("TANDEM_TASK__SERVER__LISTEM", "hunter2-typo"),
        ("TANDEM_CHAT__AUTH__TRUST", secret),
        ("TANDEM_CHAT__DATABASE__URL", "mysql://me:hunter2-password@host/db"),
    ];
    for arguments in [&[][..], &["config"]] {
        let mut command = tandem(&folder.path().join("data"), arguments);
        let ended = run(command.envs(environment)).await;
        assert_eq!((ended.code, ended.out.as_str()), (Some(1), ""), "{ended:?}");
        let expected = [
            ("task.server.deadline", "tandem.toml"),
            ("chat.agent.turn_timeout", "tandem.toml"),
            ("chat.nonsense", "tandem.toml"),
            ("task.database.max_connections", "TANDEM_TASK__DATABASE__MAX_CONNECTIONS"),
            ("task.server.listem", "TANDEM_TASK__SERVER__LISTEM"),
            ("chat.auth.trust", "TANDEM_CHAT__AUTH__TRUST"),
            ("chat.database.url", "TANDEM_CHAT__DATABASE__URL"),
        ];
        for (path, origin) in expected {
            let named = |line: &str| line.starts_with(path) && line.contains(origin);
            assert!(ended.err.lines().any(named), "{path} from {origin} in:\n{}", ended.err);
        }
        assert_eq!(ended.err.lines().count(), expected.len() + 1, "{}", ended.err);
        assert!(!ended.err.contains("hunter2"), "{}", ended.err);
        assert_no_panic(&ended);
    }
}

#[tokio::test]
async fn unknown_setting_prevents_the_start() {
    let data = tempfile::tempdir().expect("a folder");
    let ended = start(data.path(), &[("TANDEM_CHAT__SERVER__LISTEM", "127.0.0.1:1")]).await;
    assert_eq!((ended.code, ended.out.as_str()), (Some(1), ""), "{ended:?}");
    assert!(ended.err.contains("chat.server.listem: is not a setting"), "{ended:?}");
}

#[tokio::test]
async fn missing_settings_file_is_named() {
    let data = tempfile::tempdir().expect("a folder");
    let ended = run(&mut tandem(data.path(), &["--config", "/no/such/file.toml"])).await;
    assert_eq!((ended.code, ended.out.as_str()), (Some(1), ""), "{ended:?}");
    assert!(ended.err.contains("/no/such/file.toml"), "{ended:?}");
}

fn assert_no_panic(ended: &Outcome) {
    assert!(!ended.err.contains("panicked"), "{ended:?}");
}
