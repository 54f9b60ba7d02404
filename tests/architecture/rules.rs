//! The rules. Each returns its violations, one line each with the location.

use super::tree::{Manifest, Source};

/// Maximum number of lines of a source file; tests may have more.
pub(crate) const LONGEST: usize = 400;

/// The crate that puts all services into one process.
const EMBEDDED: &str = "services/tandem";

/// Statuses that are created outside of the error module: the file, the call, and why the status is not
/// sent to a caller.
pub(crate) const EXCEPTIONS: &[(&str, &str, &str)] = &[
    (
        "shared/task-tools/src/toolbox.rs",
        "Status::internal(",
        "a request that cannot be sent; the status becomes the tool's result",
    ),
    (
        "shared/server/src/error_details.rs",
        "Status::from_header_map(",
        "reads a status that tonic created, to replace it",
    ),
];

/// The constructors of `Status`; one that ends with `_` stands for all with this prefix.
const CONSTRUCTORS: [&str; 22] = [
    "aborted",
    "already_exists",
    "cancelled",
    "data_loss",
    "deadline_exceeded",
    "failed_precondition",
    "from_error",
    "from_header_map",
    "internal",
    "invalid_argument",
    "new",
    "not_found",
    "ok",
    "out_of_range",
    "permission_denied",
    "resource_exhausted",
    "try_from_error",
    "unauthenticated",
    "unavailable",
    "unimplemented",
    "unknown",
    "with_",
];

/// No crate but the embedded system and the tests depends on a service.
pub(crate) fn services_apart(crates: &[Manifest]) -> Vec<String> {
    let is_service = |it: &&Manifest| it.folder.starts_with("services/") && it.folder != EMBEDDED;
    let services = crates.iter().filter(is_service).map(|it| &it.name).collect::<Vec<_>>();
    let bound = crates.iter().filter(|it| it.folder != EMBEDDED && it.folder != "tests");
    let violations = bound.flat_map(|it| {
        let named = it.dependencies.iter().filter(|name| services.contains(name));
        named.map(|service| format!("{} depends on {service}", it.folder))
    });
    violations.collect()
}

/// Only `store`, the database crate and the column type of times name the database library.
pub(crate) fn database_in_store(source: &Source) -> Vec<String> {
    if source.is_test()
        || source.path.starts_with("shared/database/")
        || source.path == "shared/clock/src/timestamp.rs"
        || source.is_in_module("store")
    {
        return Vec::new();
    }
    naming(source, &["sea_orm", "sea_orm_migration", "sqlx"])
}

/// An update sets the columns that differ: on SQLite one of a whole row scans all rows that refer to it, and
/// everywhere it rewrites every index.
pub(crate) fn updates_of_changes(source: &Source) -> Vec<String> {
    if !source.is_in_module("store") {
        return Vec::new();
    }
    let sets_row = |line: &str| {
        let mut sets = line.match_indices(".set(").map(|(at, set)| &line[at + set.len()..]);
        let sets_more = sets.any(|rest| !rest.starts_with("changed_columns("));
        sets_more || line.contains(".into_active_model(") || line.contains(".reset_all(")
    };
    lines(source, sets_row)
}

/// Only the auth crate uses the token library.
pub(crate) fn tokens_in_auth(source: &Source) -> Vec<String> {
    if source.path.starts_with("shared/auth/") || source.path.starts_with("tests/architecture/") {
        return Vec::new();
    }
    naming(source, &["jsonwebtoken"])
}

/// Only the auth crate depends on the token library.
pub(crate) fn tokens_dependency(crates: &[Manifest]) -> Vec<String> {
    let others = crates.iter().filter(|it| it.folder != "shared/auth");
    let violations = others.filter(|it| it.dependencies.iter().any(|name| name == "jsonwebtoken"));
    violations.map(|it| format!("{} depends on jsonwebtoken", it.folder)).collect()
}

/// Only the error module creates statuses, except tests and [`EXCEPTIONS`].
pub(crate) fn statuses_in_errors(source: &Source) -> Vec<String> {
    if source.is_test() || source.path.starts_with("shared/error/") {
        return Vec::new();
    }
    let excused = |line: &String| {
        EXCEPTIONS.iter().any(|(path, made, _)| source.path == *path && line.contains(made))
    };
    statuses_made(source).into_iter().filter(|line| !excused(line)).collect()
}

/// The lines that create a status.
pub(crate) fn statuses_made(source: &Source) -> Vec<String> {
    let makes = |line: &str| {
        let uses = line.match_indices("Status::").filter(|(at, _)| is_start(line, *at));
        let mut made = uses.map(|(at, name)| &line[at + name.len()..]);
        made.any(|rest| CONSTRUCTORS.iter().any(|it| is_word(rest, it)))
    };
    lines(source, makes)
}

/// Services stream through `ResponseStream` alone, whose work does not depend on the reader.
pub(crate) fn streams_have_tasks(source: &Source) -> Vec<String> {
    // The exception passes on the frames of a response, which a task of its own makes.
    let is_exempt = source.path == "services/chat/src/grpc/early_headers.rs";
    if source.is_test() || is_exempt || !source.is_in_module("grpc") {
        return Vec::new();
    }
    let makes =
        ["try_stream!", "stream!", "dyn Stream", "BoxStream", "impl Stream", "ReceiverStream"];
    lines(source, |line| makes.iter().any(|it| line.contains(it)))
}

/// The domain has no side effects: no database, transport, runtime, file or socket.
pub(crate) fn pure_domain(source: &Source) -> Vec<String> {
    if !source.is_in_module("domain") {
        return Vec::new();
    }
    let impure = ["sea_orm", "sqlx", "tonic", "tokio", "std::fs", "std::net", "std::process"];
    let grouped = |line: &str| {
        let group = line.split_once("std::{").map_or("", |(_, group)| group);
        ["fs", "net", "process"].iter().any(|name| words(group).any(|word| word == *name))
    };
    lines(source, |line| impure.iter().any(|name| names(line, name)) || grouped(line))
}

/// No file is longer than [`LONGEST`], except tests.
pub(crate) fn short_files(source: &Source) -> Vec<String> {
    let length = source.text.lines().count();
    let is_long = length > LONGEST && !source.is_test();
    is_long.then(|| format!("{}: {length} lines", source.path)).into_iter().collect()
}

/// Every file of the API tests is a module of its parent; other files would not be compiled.
pub(crate) fn api_modules(sources: &[Source]) -> Vec<String> {
    let files = sources.iter().filter_map(|it| it.path.strip_prefix("tests/api/"));
    let modules = files.filter(|path| *path != "main.rs");
    let forgotten = modules.filter(|path| {
        let (parent, file) = match path.rsplit_once('/') {
            Some((folder, file)) => (format!("tests/api/{folder}.rs"), file),
            None => ("tests/api/main.rs".to_owned(), *path),
        };
        let declaration = format!("mod {};", file.trim_end_matches(".rs"));
        let declares = |it: &Source| it.code().any(|(_, line)| line.ends_with(&declaration));
        !sources.iter().any(|it| it.path == parent && declares(it))
    });
    forgotten.map(|path| format!("tests/api/{path} is in no module")).collect()
}

/// Every method has a file of API tests, named for it: `tests/api/task/complete.rs` for CompleteTask,
/// `tests/api/chat/turns/follow.rs` for FollowTurn.
pub(crate) fn method_test_files(methods: &[&str], sources: &[Source]) -> Vec<String> {
    let is_missing = |path: &&&str| {
        let expected = method_test_file(path);
        !sources.iter().any(|it| it.path == expected)
    };
    let missing = methods.iter().filter(is_missing);
    missing.map(|path| format!("{path} has no tests: {}", method_test_file(path))).collect()
}

/// The file of the tests of a method, from its HTTP/2 path: `/tandem.task.v1.TaskService/GetTask`.
fn method_test_file(path: &str) -> String {
    let service = path.split('.').nth(1).unwrap_or_default();
    let mut name = String::new();
    for letter in path.rsplit('/').next().unwrap_or_default().chars() {
        if letter.is_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(letter.to_ascii_lowercase());
    }
    if service == "task" {
        name = name.replace("_tasks", "").replace("_task", "");
    }
    match name.strip_suffix("_turn") {
        Some(verb) => format!("tests/api/{service}/turns/{verb}.rs"),
        None => format!("tests/api/{service}/{name}.rs"),
    }
}

/// API tests are listed in `database_tests!`; the attributes of the standard harness have no effect there.
pub(crate) fn api_test_attributes(source: &Source) -> Vec<String> {
    if !source.path.starts_with("tests/api/") {
        return Vec::new();
    }
    lines(source, |line| line.starts_with("#[test]") || line.starts_with("#[tokio::test"))
}

/// The lines that use one of these crates.
fn naming(source: &Source, crates: &[&str]) -> Vec<String> {
    lines(source, |line| crates.iter().any(|name| names(line, name)))
}

/// The lines of code that match `is_bad`, with their location.
fn lines(source: &Source, is_bad: impl Fn(&str) -> bool) -> Vec<String> {
    let bad = source.code().filter(|(_, line)| is_bad(line));
    bad.map(|(number, line)| format!("{}:{number}: {line}", source.path)).collect()
}

/// Whether a line contains `name` as a whole path, not as a part of a longer word.
fn names(line: &str, name: &str) -> bool {
    line.match_indices(name).any(|(at, _)| is_start(line, at) && is_word(&line[at..], name))
}

/// Whether a word begins at `at`.
fn is_start(line: &str, at: usize) -> bool {
    !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_')
}

/// Whether `text` begins with the whole word `word`; a word that ends with `_` is a prefix.
fn is_word(text: &str, word: &str) -> bool {
    let rest = text.strip_prefix(word);
    rest.is_some_and(|it| {
        word.ends_with('_') || !it.starts_with(|c: char| c.is_alphanumeric() || c == '_')
    })
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_')
}
