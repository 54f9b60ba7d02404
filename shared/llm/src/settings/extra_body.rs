//! Fields that settings add to requests.

use std::collections::BTreeMap;

use serde_json::Value;

/// Fields that every request has already.
const RESERVED: [&str; 7] =
    ["model", "messages", "system", "contents", "systemInstruction", "tools", "stream"];

/// Names of secrets, which belong into `api_key`: this table is shown by `config`, and logged.
const SECRETS: [&str; 6] =
    ["api_key", "apikey", "authorization", "access_token", "password", "secret"];

/// All violated rules, each as `extra_body.<field>: rule`. Errors do not contain values.
pub(super) fn validate_extra_body(extra_body: &BTreeMap<String, Value>) -> Vec<String> {
    let reserved = extra_body.keys().filter(|name| RESERVED.contains(&name.as_str()));
    let mut errors = reserved
        .map(|name| format!("extra_body.{name}: is set by the service itself"))
        .collect::<Vec<_>>();
    let mut secrets = Vec::new();
    extra_body.iter().for_each(|(name, value)| find_secrets(name, value, &mut secrets));
    errors.extend(secrets.into_iter().map(|path| {
        format!("extra_body.{path}: must not be a secret; use api_key or api_key_file")
    }));
    errors
}

fn find_secrets(path: &str, value: &Value, found: &mut Vec<String>) {
    let name = path.rsplit('.').next().unwrap_or(path).to_ascii_lowercase().replace('-', "_");
    if SECRETS.contains(&name.as_str()) {
        found.push(path.to_owned());
    }
    for (name, value) in value.as_object().into_iter().flatten() {
        find_secrets(&format!("{path}.{name}"), value, found);
    }
}
