//! Settings from the TOML file.

use std::path::Path;

use figment::value::{Dict, Value};

use crate::fault::Fault;
use crate::layers::Origin;

/// The table of `service` in the file, empty where the file has none or cannot be read.
pub(crate) fn table(service: &str, path: &Path, faults: &mut Vec<Fault>) -> Dict {
    match read(service, path) {
        Ok(table) => table,
        Err(what) => {
            let origin = Origin::File(path.to_owned());
            faults.push(Fault { path: Vec::new(), what, origin });
            Dict::new()
        }
    }
}

fn read(service: &str, path: &Path) -> Result<Dict, String> {
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
