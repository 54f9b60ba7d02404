//! The manifests and sources of the workspace.

use std::fs;
use std::path::{Path, PathBuf};

/// A crate's manifest.
pub(crate) struct Manifest {
    /// The folder of the crate, from the root: `shared/auth`.
    pub(crate) folder: String,
    /// The name of the crate.
    pub(crate) name: String,
    /// The names of the packages that it depends on, in whatever way.
    pub(crate) dependencies: Vec<String>,
}

/// A source file.
#[derive(Clone)]
pub(crate) struct Source {
    /// The path from the root, with `/`.
    pub(crate) path: String,
    /// What is in it.
    pub(crate) text: String,
}

impl Manifest {
    /// The manifest of the crate in `folder`.
    pub(crate) fn new(folder: &str, text: &str) -> Self {
        let manifest = text.parse::<toml::Table>().expect("a manifest is TOML");
        let name = manifest["package"]["name"].as_str().expect("a crate has a name").to_owned();
        let mut dependencies = dependencies(&manifest);
        let targets = manifest.get("target").and_then(toml::Value::as_table);
        for target in targets.into_iter().flat_map(toml::Table::values) {
            dependencies.extend(target.as_table().map(self::dependencies).unwrap_or_default());
        }
        Self { folder: folder.to_owned(), name, dependencies }
    }
}

/// The packages in the tables of dependencies, by their own names where they have another here.
fn dependencies(tables: &toml::Table) -> Vec<String> {
    let kinds = ["dependencies", "dev-dependencies", "build-dependencies"];
    let all = kinds.iter().filter_map(|kind| tables.get(*kind)?.as_table()).flatten();
    let name = |(name, given): (&String, &toml::Value)| {
        let package = given.get("package").and_then(toml::Value::as_str);
        package.unwrap_or(name).to_owned()
    };
    all.map(name).collect()
}

impl Source {
    /// The file at `path`.
    pub(crate) fn new(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned() }
    }

    /// Whether it is only there for tests.
    pub(crate) fn is_test(&self) -> bool {
        let mut parts = self.path.split('/');
        parts.any(|part| ["tests", "tests.rs", "test-support"].contains(&part))
    }

    /// Whether it is in the module `name` at the top of a service.
    pub(crate) fn is_in_module(&self, name: &str) -> bool {
        let Some((_, module)) = self.path.split_once("/src/") else { return false };
        let first = module.split('/').next().unwrap_or_default();
        self.path.starts_with("services/") && first.trim_end_matches(".rs") == name
    }

    /// The lines that are no comment, with their numbers.
    pub(crate) fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.text.lines().enumerate().map(|(index, line)| (index + 1, line.trim()));
        lines.filter(|(_, line)| !line.starts_with("//"))
    }
}

/// The manifests of all crates.
pub(crate) fn manifests() -> Vec<Manifest> {
    let files = files().into_iter().filter(|path| path.ends_with("Cargo.toml"));
    let members = files.filter(|path| path.parent().is_some_and(|it| it != Path::new("")));
    let read = |path: PathBuf| {
        let text = fs::read_to_string(root().join(&path)).expect("a manifest can be read");
        Manifest::new(&text_of(path.parent().expect("it is a member's")), &text)
    };
    members.map(read).collect()
}

/// The Rust sources of all crates.
pub(crate) fn sources() -> Vec<Source> {
    let files = files().into_iter().filter(|path| path.extension().is_some_and(|it| it == "rs"));
    let read = |path: PathBuf| {
        let text = fs::read_to_string(root().join(&path)).expect("a source can be read");
        Source { path: text_of(&path), text }
    };
    files.map(read).collect()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("this crate is below the root")
}

/// Every file of the workspace, from the root; not what is built or hidden.
fn files() -> Vec<PathBuf> {
    let (mut folders, mut files) = (vec![PathBuf::new()], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(root().join(&folder)).expect("a folder can be read") {
            let entry = entry.expect("an entry can be read");
            let name = entry.file_name();
            let path = folder.join(&name);
            let is_folder = entry.file_type().expect("an entry has a type").is_dir();
            let is_ours = !name.to_string_lossy().starts_with('.') && path != Path::new("target");
            match is_folder {
                true if is_ours => folders.push(path),
                true => {}
                false => files.push(path),
            }
        }
    }
    files.sort();
    files
}

fn text_of(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}
