//! Settings from the TOML file.

use std::path::Path;

use figment::value::{Dict, Value};

use crate::SERVICES;
use crate::error::ConfigError;
use crate::layers::Origin;

/// The table of `service` in the file; empty if the file has none or cannot be read.
pub(crate) fn read_table(service: &str, path: &Path, errors: &mut Vec<ConfigError>) -> Dict {
    match parse_table(service, path) {
        Ok(table) => table,
        Err(messages) => {
            errors.extend(messages.into_iter().map(|message| ConfigError {
                path: Vec::new(),
                message,
                origin: Origin::File(path.to_owned()),
            }));
            Dict::new()
        }
    }
}

fn parse_table(service: &str, path: &Path) -> Result<Dict, Vec<String>> {
    let mut tables = parse_tables(path).map_err(|message| vec![message])?;
    let own = tables.remove(service);
    let unknown = tables.keys().filter(|table| !SERVICES.contains(&table.as_str()));
    let unknown: Vec<_> = unknown.map(|table| format!("[{table}] is not a service")).collect();
    match own {
        _ if !unknown.is_empty() => Err(unknown),
        None => Ok(Dict::new()),
        Some(Value::Dict(_, table)) => Ok(table),
        Some(_) => Err(vec![format!("{service} must be a table")]),
    }
}

fn parse_tables(path: &Path) -> Result<Dict, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("cannot be read: {error}"))?;
    toml::from_str(&text).map_err(|error| {
        let before = error.span().map_or("", |span| text.get(..span.start).unwrap_or(""));
        let line = before.matches('\n').count() + 1;
        // Only the message: the whole error quotes the line, which may hold a secret.
        format!("is not TOML: line {line}: {}", error.message())
    })
}
