//! The URL of a database, with its password kept out of logs and printed settings.

use std::fmt;

use schemars::JsonSchema;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize, Serializer};

/// Replaces a password.
const REDACTED: &str = "***";

/// A database's URL: `sqlite:./data/task.db` or `postgres://user:password@host/database`.
/// `Debug`, `Display` and serialisation replace the password with `***`.
#[derive(Clone, Deserialize, JsonSchema)]
#[serde(from = "String")]
#[schemars(with = "String")]
pub struct Url(SecretString);

impl Url {
    /// The URL with its password.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl From<String> for Url {
    fn from(url: String) -> Self {
        Self(url.into())
    }
}

impl From<&str> for Url {
    fn from(url: &str) -> Self {
        Self(url.into())
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&redact_url(self.expose()))
    }
}

impl fmt::Debug for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl Serialize for Url {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Redacts the password before the host and in the parameters. A URL of another form is redacted as a
/// whole.
fn redact_url(url: &str) -> String {
    if url.starts_with("sqlite:") {
        return url.to_owned();
    }
    let Some((scheme, rest)) = url.split_once("://") else { return REDACTED.to_owned() };
    let (place, parameters) = rest.split_once('?').map_or((rest, None), |(p, q)| (p, Some(q)));
    let place = match place.rsplit_once('@') {
        Some((user, host)) => match user.split_once(':') {
            Some((name, _)) => format!("{name}:{REDACTED}@{host}"),
            None => format!("{user}@{host}"),
        },
        None => place.to_owned(),
    };
    let Some(parameters) = parameters else { return format!("{scheme}://{place}") };
    let parameters: Vec<_> = parameters.split('&').map(redact_parameter).collect();
    format!("{scheme}://{place}?{}", parameters.join("&"))
}

fn redact_parameter(parameter: &str) -> String {
    match parameter.split_once('=') {
        Some(("password", _)) => format!("password={REDACTED}"),
        _ => parameter.to_owned(),
    }
}

#[cfg(test)]
mod tests;
