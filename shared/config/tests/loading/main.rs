//! Loading settings: precedence, errors, rendering.

mod errors;
mod precedence;
mod rendering;

use std::path::PathBuf;

use serde::{Deserialize, Serialize, Serializer};
use tandem_config::{ConfigErrors, HIDDEN, Loaded, ValidateConfig, load, prefixed};

#[derive(Serialize, Deserialize)]
#[serde(default)]
struct Settings {
    server: Server,
    trust: Vec<Trust>,
    secret: Option<Secret>,
    key: Secret,
    origins: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(default)]
struct Server {
    port: u16,
    reflection: bool,
    ratio: f64,
    name: String,
}

#[derive(Serialize, Deserialize, Debug, PartialEq)]
struct Trust {
    issuer: String,
    algorithms: Vec<Algorithm>,
}

#[derive(Serialize, Deserialize, Debug, PartialEq)]
#[serde(rename_all = "UPPERCASE")]
enum Algorithm {
    Rs256,
    EdDsa,
}

#[derive(Deserialize)]
struct Secret(String);

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(HIDDEN)
    }
}

impl Default for Settings {
    fn default() -> Self {
        let server = Server { name: "task".to_owned(), ..Server::default() };
        let key = Secret("built in".to_owned());
        Self { server, trust: Vec::new(), secret: None, key, origins: Vec::new() }
    }
}

impl Default for Server {
    fn default() -> Self {
        Self { port: 50052, reflection: true, ratio: 0.5, name: "any service".to_owned() }
    }
}

impl ValidateConfig for Settings {
    fn validate(&self) -> Vec<String> {
        let mut errors = prefixed("server", self.server.validate());
        if self.secret.as_ref().is_some_and(|secret| secret.0.len() < 4) {
            errors.push("secret: must have at least 4 characters".to_owned());
        }
        errors
    }

    fn aliases() -> Vec<(&'static str, String)> {
        vec![("SERVER_NAME", "server.name".to_owned())]
    }
}

impl ValidateConfig for Server {
    fn validate(&self) -> Vec<String> {
        if self.port == 0 { vec!["port: must not be 0".to_owned()] } else { Vec::new() }
    }
}

/// A settings file that lives as long as the test.
struct File {
    path: PathBuf,
    _directory: tempfile::TempDir,
}

fn file(text: &str) -> File {
    let directory = tempfile::tempdir().expect("a directory can be made");
    let path = directory.path().join("tandem.toml");
    std::fs::write(&path, text).expect("a file can be written");
    File { path, _directory: directory }
}

fn loaded(text: &str, variables: &[(&str, &str)]) -> Result<Loaded<Settings>, ConfigErrors> {
    let variables = variables.iter().map(|(name, text)| ((*name).into(), (*text).into()));
    load("task", Some(&file(text).path), variables)
}

fn settings(text: &str, variables: &[(&str, &str)]) -> Settings {
    loaded(text, variables).map(|loaded| loaded.settings).expect("the settings are good")
}

/// The lines of a refusal, without the path of the file.
fn refusal(text: &str, variables: &[(&str, &str)]) -> Vec<String> {
    let Err(errors) = loaded(text, variables) else { panic!("the settings were accepted") };
    let lines = errors.lines().iter();
    lines.map(|line| line.split("(file ").next().expect("a part").trim().to_owned()).collect()
}
