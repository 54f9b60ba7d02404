//! The effective settings for people, as TOML that the loader would take.

use figment::value::{Dict, Value};

use crate::layers::Layers;
use crate::tree;

/// A line for each value of `settings`, with its source.
pub(crate) fn render(layers: &Layers, settings: &Dict) -> String {
    let line = |(path, value): (tree::Path, &Value)| {
        let name = [vec![layers.service.clone()], path.clone()].concat();
        let name = name.iter().map(|key| quoted(key)).collect::<Vec<_>>().join(".");
        match toml::Value::try_from(value) {
            Ok(value) => format!("{name} = {value}  # {}\n", layers.origin(&path)),
            // TOML has no word for what is not there.
            Err(_) => format!("# {name} is not set\n"),
        }
    };
    tree::leaves(settings).into_iter().map(line).collect()
}

/// A key as TOML writes it.
fn quoted(key: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !key.is_empty() && key.chars().all(bare) {
        key.to_owned()
    } else {
        toml::Value::from(key).to_string()
    }
}
