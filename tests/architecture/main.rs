//! Architecture rules: dependencies between crates, and what each part of the code may use. They are read
//! from the manifests and sources of the workspace and so apply to new crates and files too.

mod rules;
mod tree;

use std::slice;

use rules::EXCEPTIONS;
use tree::{Manifest, Source, manifests, sources};

/// All violations of a rule in the workspace.
fn violations(rule: impl Fn(&Source) -> Vec<String>) -> Vec<String> {
    sources().iter().flat_map(rule).collect()
}

#[test]
fn workspace_is_read() {
    let paths = sources().into_iter().map(|source| source.path).collect::<Vec<_>>();
    for path in [
        "services/chat/src/agent/mod.rs",
        "shared/error/src/status.rs",
        "tests/architecture/main.rs",
    ] {
        assert!(paths.iter().any(|it| it == path), "{path}");
    }
    let crates = manifests().into_iter().map(|manifest| manifest.folder).collect::<Vec<_>>();
    for folder in ["proto", "services/task", "services/tandem", "shared/auth", "tests"] {
        assert!(crates.iter().any(|it| it == folder), "{folder}");
    }
}

#[test]
fn services_are_independent() {
    let violations = rules::services_apart(&manifests());
    assert!(violations.is_empty(), "{violations:#?}");
}

#[test]
fn service_dependency_is_found() {
    let crates = |folder: &str, dependencies: &str| {
        let task = Manifest::new("services/task", "[package]\nname = \"tandem-task\"");
        [task, Manifest::new(folder, &format!("[package]\nname = \"other\"\n{dependencies}"))]
    };
    let planted = [
        ("services/chat", "[dependencies]\ntandem-task.workspace = true"),
        ("services/chat", "[dev-dependencies]\ntandem-task = { path = \"../task\" }"),
        ("services/chat", "[build-dependencies]\ntasks = { package = \"tandem-task\" }"),
        ("shared/task-tools", "[target.'cfg(unix)'.dependencies]\ntandem-task.workspace = true"),
        ("proto", "[dependencies]\ntandem-task.workspace = true"),
    ];
    for (folder, dependencies) in planted {
        assert_eq!(rules::services_apart(&crates(folder, dependencies)).len(), 1, "{folder}");
    }
    for folder in ["services/tandem", "tests"] {
        let crates = crates(folder, "[dependencies]\ntandem-task.workspace = true");
        assert!(rules::services_apart(&crates).is_empty(), "{folder} combines services");
    }
}

#[test]
fn only_the_store_uses_the_database() {
    let violations = violations(rules::database_in_store);
    assert!(violations.is_empty(), "{violations:#?}");
}

#[test]
fn database_use_elsewhere_is_found() {
    let text = "use sea_orm::Set;";
    for path in ["services/task/src/grpc/task.rs", "services/chat/src/agent/worker.rs"] {
        assert_eq!(rules::database_in_store(&Source::new(path, text)).len(), 1, "{path}");
    }
    let path = "shared/auth/src/lib.rs";
    assert_eq!(rules::database_in_store(&Source::new(path, "fn f(_: sqlx::Error) {}")).len(), 1);
    for path in [
        "services/task/src/store/list.rs",
        "services/task/src/store.rs",
        "shared/database/src/lib.rs",
    ] {
        assert!(rules::database_in_store(&Source::new(path, text)).is_empty(), "{path}");
    }
}

#[test]
fn updates_set_what_changed() {
    let violations = violations(rules::updates_of_changes);
    assert!(violations.is_empty(), "{violations:#?}");
}

#[test]
fn update_of_a_whole_row_is_found() {
    let path = "services/chat/src/store/conversations.rs";
    let found = |text| rules::updates_of_changes(&Source::new(path, text)).len();
    assert_eq!(found("    .set(row_from_conversation(owner, conversation))"), 1);
    assert_eq!(found("let row = found.into_active_model();"), 1);
    assert_eq!(found("    .set(changed_columns(owner, before, after))"), 0);
}

#[test]
fn only_auth_parses_tokens() {
    let mut violations = violations(rules::tokens_in_auth);
    violations.extend(rules::tokens_dependency(&manifests()));
    assert!(violations.is_empty(), "{violations:#?}");
}

#[test]
fn token_parsing_elsewhere_is_found() {
    let text = "let claims = jsonwebtoken::decode(token);";
    let source = |path| Source::new(path, text);
    assert_eq!(rules::tokens_in_auth(&source("services/chat/src/agent/credentials.rs")).len(), 1);
    assert!(rules::tokens_in_auth(&source("shared/auth/src/token.rs")).is_empty());
    let text = "[package]\nname = \"x\"\n[dev-dependencies]\njsonwebtoken.workspace = true";
    assert_eq!(rules::tokens_dependency(&[Manifest::new("services/chat", text)]).len(), 1);
    assert!(rules::tokens_dependency(&[Manifest::new("shared/auth", text)]).is_empty());
}

#[test]
fn only_errors_create_statuses() {
    let violations = violations(rules::statuses_in_errors);
    assert!(violations.is_empty(), "{violations:#?}");
}

#[test]
fn status_created_elsewhere_is_found() {
    let made = [
        "Err(Status::new(Code::Internal, \"\"))",
        "return Err(tonic::Status::not_found(id));",
        ".map_err(|error| Status::from_error(error.into()))",
        ".map_err(Status::internal)",
    ];
    for text in made {
        let path = "services/task/src/grpc/task.rs";
        assert_eq!(rules::statuses_in_errors(&Source::new(path, text)).len(), 1, "{text}");
        let path = "shared/error/src/status.rs";
        assert!(rules::statuses_in_errors(&Source::new(path, text)).is_empty());
    }
    for text in
        ["Status::from(error)", "TaskStatus::new()", "// Status::new(code)", "status.code()"]
    {
        let path = "services/task/src/grpc/task.rs";
        assert!(rules::statuses_in_errors(&Source::new(path, text)).is_empty(), "{text}");
    }
}

#[test]
fn every_exception_is_needed() {
    for (path, _, _) in EXCEPTIONS {
        let without = |source: &Source| {
            if source.path == *path { rules::statuses_made(source) } else { Vec::new() }
        };
        assert_eq!(violations(without).len(), 1, "{path} creates exactly the excused status");
    }
}

#[test]
fn streams_have_tasks_of_their_own() {
    let violations = violations(rules::streams_have_tasks);
    assert!(violations.is_empty(), "{violations:#?}");
}

#[test]
fn stream_without_a_task_is_found() {
    let path = "services/chat/src/grpc/export.rs";
    for text in [
        "let document = try_stream! {",
        "type DocumentStream = Pin<Box<dyn Stream<Item = Chunk> + Send>>;",
        "use futures::stream::BoxStream;",
    ] {
        assert_eq!(rules::streams_have_tasks(&Source::new(path, text)).len(), 1, "{text}");
    }
    let allowed = Source::new(path, "ResponseStream::spawn(&self.streams, document)");
    assert!(rules::streams_have_tasks(&allowed).is_empty());
}

#[test]
fn domain_is_pure() {
    let violations = violations(rules::pure_domain);
    assert!(violations.is_empty(), "{violations:#?}");
}

#[test]
fn impure_domain_is_found() {
    let impure = [
        "use sea_orm::Set;",
        "fn f(_: tonic::Status) {}",
        "tokio::time::sleep(second).await;",
        "std::fs::read(path)?;",
        "use std::{fs, net};",
        "let socket = std::net::UdpSocket::bind(address)?;",
    ];
    for text in impure {
        for path in ["services/task/src/domain/task.rs", "services/chat/src/domain.rs"] {
            assert_eq!(rules::pure_domain(&Source::new(path, text)).len(), 1, "{text}");
        }
        let elsewhere = Source::new("services/task/src/serve.rs", text);
        assert!(rules::pure_domain(&elsewhere).is_empty());
    }
}

#[test]
fn source_files_are_short() {
    let violations = violations(rules::short_files);
    assert!(violations.is_empty(), "{violations:#?}");
}

#[test]
fn long_source_file_is_found() {
    let long = "//\n".repeat(rules::LONGEST + 1);
    assert_eq!(rules::short_files(&Source::new("services/task/src/lib.rs", &long)).len(), 1);
    for path in ["services/task/tests/x.rs", "services/task/src/domain/task/tests.rs", "tests/x.rs"]
    {
        assert!(rules::short_files(&Source::new(path, &long)).is_empty(), "{path} is a test");
    }
    let short = "//\n".repeat(rules::LONGEST);
    assert!(rules::short_files(&Source::new("services/task/src/lib.rs", &short)).is_empty());
}

#[test]
fn every_method_has_a_test_file() {
    let methods = [tandem_proto::task::METHODS, tandem_proto::chat::METHODS].concat();
    let methods: Vec<_> = methods.iter().map(|method| method.path).collect();
    assert!(methods.contains(&"/tandem.task.v1.TaskService/GetTask"));
    let missing = rules::method_test_files(&methods, &sources());
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn method_without_tests_is_found() {
    let files = ["task/get_summary", "chat/get_usage", "chat/turns/follow"];
    let files = files.map(|it| Source::new(&format!("tests/api/{it}.rs"), ""));
    let tested = [
        "/tandem.task.v1.TaskService/GetTaskSummary",
        "/tandem.chat.v1.ChatService/GetUsage",
        "/tandem.chat.v1.ChatService/FollowTurn",
    ];
    assert!(rules::method_test_files(&tested, &files).is_empty());
    let forgotten = ["/tandem.task.v1.TaskService/ArchiveTask"];
    assert_eq!(rules::method_test_files(&forgotten, &files).len(), 1);
}

#[test]
fn api_tests_are_registered() {
    let mut violations = violations(rules::api_test_attributes);
    violations.extend(rules::api_modules(&sources()));
    assert!(violations.is_empty(), "{violations:#?}");
}

#[test]
fn unregistered_api_test_is_found() {
    let attributes = ["#[test]", "#[tokio::test]", "#[tokio::test(flavor = \"multi_thread\")]"];
    for text in attributes {
        let source = Source::new("tests/api/task/get.rs", text);
        assert_eq!(rules::api_test_attributes(&source).len(), 1, "{text}");
        let elsewhere = Source::new("tests/faults/main.rs", text);
        assert!(rules::api_test_attributes(&elsewhere).is_empty(), "{text}");
    }
    let parent = |text| Source::new("tests/api/task.rs", text);
    let files = |text| [parent(text), Source::new("tests/api/task/get.rs", "")];
    let root = Source::new("tests/api/main.rs", "mod task;");
    let forgotten = |text| rules::api_modules(&[slice::from_ref(&root), &files(text)].concat());
    assert!(forgotten("mod get;").is_empty());
    assert!(forgotten("pub(crate) mod get;").is_empty());
    assert_eq!(forgotten("mod list;").len(), 1);
    assert_eq!(forgotten("// mod get;").len(), 1);
    assert_eq!(rules::api_modules(&files("mod get;")).len(), 1, "task.rs is in no module");
}
