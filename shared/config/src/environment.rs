//! Settings from environment variables.

use std::collections::{BTreeMap, VecDeque};
use std::ffi::OsString;

use figment::value::{Dict, Value};

use crate::SERVICES;
use crate::error::ConfigError;
use crate::layers::{Origin, Variable};
use crate::tree::{self, Path};

/// The suffix of variables that name a file with the value.
const FILE_SUFFIX: &str = "_file";

/// The start of every variable of Tandem.
const PREFIX: &str = "TANDEM_";

/// Variables that are no settings: those of the command line, and of tests.
const OTHER_VARIABLES: [&str; 4] =
    ["TANDEM_CONFIG", "TANDEM_DATA_DIR", "TANDEM_UPDATE", "TANDEM_TEST_"];

/// What Kubernetes adds to the name of a service (`TANDEM_TASK`) in variables of its own.
const KUBERNETES_SUFFIXES: [&str; 3] = ["_SERVICE_HOST", "_SERVICE_PORT", "_PORT"];

/// The variables of `service`, by the path that they set.
pub(crate) fn read_variables(
    service: &str,
    aliases: &[(&str, String)],
    environment: impl Iterator<Item = (OsString, OsString)>,
    known: &Dict,
    errors: &mut Vec<ConfigError>,
) -> BTreeMap<Path, Variable> {
    let prefix = format!("TANDEM_{}__", service.to_uppercase());
    let (mut own, mut foreign) = (BTreeMap::new(), BTreeMap::new());
    for (name, text) in environment.filter(|(_, text)| !text.is_empty()) {
        // Names of Tandem are ASCII.
        let Ok(name) = name.into_string() else { continue };
        let is_alias = || aliases.iter().any(|(alias, _)| *alias == name);
        if !name.starts_with(PREFIX) && !is_alias() {
            continue;
        }
        let Ok(text) = text.into_string() else {
            let message = "is not UTF-8".to_owned();
            let origin = Origin::Variable(name);
            errors.push(ConfigError { path: Vec::new(), message, origin });
            continue;
        };
        if let Some(keys) = name.strip_prefix(&prefix) {
            let path = keys.split("__").map(str::to_lowercase).collect();
            match resolve_file(path, text, known) {
                Ok((path, text)) => {
                    own.insert(path, Variable::new(name, possible_readings(text)));
                }
                Err((path, message)) => {
                    errors.push(ConfigError { path, message, origin: Origin::Variable(name) })
                }
            }
        } else if let Some((_, path)) = aliases.iter().find(|(alias, _)| *alias == name) {
            let path: Path = path.split('.').map(str::to_owned).collect();
            foreign.insert(path, Variable::new(name, possible_readings(text)));
        } else if !is_known_name(&name) {
            let message = "is not a setting".to_owned();
            let origin = Origin::Variable(name);
            errors.push(ConfigError { path: Vec::new(), message, origin });
        }
    }
    foreign.extend(own);
    foreign
}

/// Whether a variable of Tandem belongs to another service, to the command line or to Kubernetes.
fn is_known_name(name: &str) -> bool {
    let is_of_service = |service: &&str| {
        let start = format!("{PREFIX}{}", service.to_uppercase());
        let Some(rest) = name.strip_prefix(&start) else { return false };
        rest.starts_with("__") || KUBERNETES_SUFFIXES.iter().any(|suffix| rest.starts_with(suffix))
    };
    OTHER_VARIABLES.iter().any(|other| name.starts_with(other))
        || SERVICES.iter().any(is_of_service)
}

/// The path that a variable sets and its text, read from a file if the name ends in `_FILE`.
fn resolve_file(path: Path, text: String, known: &Dict) -> Result<(Path, String), (Path, String)> {
    let Some(key) = path.last().and_then(|last| last.strip_suffix(FILE_SUFFIX)) else {
        return Ok((path, text));
    };
    let value_path = [&path[..path.len() - 1], &[key.to_owned()]].concat();
    if tree::get(known, &path).is_some() || tree::get(known, &value_path).is_none() {
        return Ok((path, text));
    }
    match std::fs::read_to_string(&text) {
        Ok(value) => Ok((value_path, value.trim_end_matches(['\r', '\n']).to_owned())),
        Err(error) => Err((value_path, format!("cannot read its file: {error}"))),
    }
}

/// The possible values of a text, the string first: a secret of digits stays a string.
fn possible_readings(text: String) -> VecDeque<Value> {
    let words = text.split(',').map(str::trim).filter(|word| !word.is_empty());
    let words = words.map(Value::from).collect::<Vec<_>>().into();
    let structured = parse_toml(&text).or_else(|| serde_json::from_str(&text).ok());
    [Some(Value::from(text)), structured, Some(words)].into_iter().flatten().collect()
}

/// The text as a single TOML value.
fn parse_toml(text: &str) -> Option<Value> {
    let mut table: Dict = toml::from_str(&format!("value = {text}")).ok()?;
    let value = table.remove("value")?;
    table.is_empty().then_some(value)
}
