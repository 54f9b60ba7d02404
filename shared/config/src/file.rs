//! Settings from the TOML file.

use std::path::Path;

use figment::value::{Dict, Value};

use crate::error::ConfigError;
use crate::layers::Origin;

/// The table of `service` in the file; empty if the file has none or cannot be read.
pub(crate) fn read_table(service: &str, path: &Path, errors: &mut Vec<ConfigError>) -> Dict {
    match parse_table(service, path) {
        Ok(table) => table,
        Err(message) => {
            let origin = Origin::File(path.to_owned());
            errors.push(ConfigError { path: Vec::new(), message, origin });
            Dict::new()
        }
    }
}

fn parse_table(service: &str, path: &Path) -> Result<Dict, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("cannot be read: {error}"))?;
    let mut tables: Dict = toml::from_str(&text).map_err(|error| {
        let before = error.span().map_or("", |span| text.get(..span.start).unwrap_or(""));
        let line = before.matches('\n').count() + 1;
        // Only the message: the whole error quotes the line, which may hold a secret.
        format!("is not TOML: line {line}: {}", error.message())
    })?;
    match tables.remove(service) {
        None => Ok(Dict::new()),
        Some(Value::Dict(_, table)) => Ok(table),
        Some(_) => Err("expected a table".to_owned()),
    }
}
