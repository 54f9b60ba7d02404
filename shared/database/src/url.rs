//! Where a database is, with its password kept out of logs and printed settings.

use std::fmt;

use schemars::JsonSchema;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize, Serializer};

/// What stands in the place of a password.
const HIDDEN: &str = "***";

/// A database's URL: `sqlite:./data/task.db` or `postgres://user:password@host/database`.
/// Printed and serialised, it has its password replaced with `***`.
#[derive(Clone, Deserialize, JsonSchema)]
#[serde(from = "String")]
#[schemars(with = "String")]
pub struct Url(SecretString);

impl Url {
    /// The URL as it is, password included.
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
        f.write_str(&hide(self.expose()))
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

/// A password stands before the host, or among the parameters. What has neither scheme is not
/// understood, and hidden as a whole.
fn hide(url: &str) -> String {
    if url.starts_with("sqlite:") {
        return url.to_owned();
    }
    let Some((scheme, rest)) = url.split_once("://") else { return HIDDEN.to_owned() };
    let (place, parameters) = rest.split_once('?').map_or((rest, None), |(p, q)| (p, Some(q)));
    let place = match place.rsplit_once('@') {
        Some((user, host)) => match user.split_once(':') {
            Some((name, _)) => format!("{name}:{HIDDEN}@{host}"),
            None => format!("{user}@{host}"),
        },
        None => place.to_owned(),
    };
    let Some(parameters) = parameters else { return format!("{scheme}://{place}") };
    let parameters: Vec<_> = parameters.split('&').map(hide_parameter).collect();
    format!("{scheme}://{place}?{}", parameters.join("&"))
}

fn hide_parameter(parameter: &str) -> String {
    match parameter.split_once('=') {
        Some(("password", _)) => format!("password={HIDDEN}"),
        _ => parameter.to_owned(),
    }
}

#[cfg(test)]
mod tests;
