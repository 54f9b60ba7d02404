//! The settings of a database.

use std::path::Path;
use std::str::FromStr as _;

use schemars::JsonSchema;
use sea_orm::DbBackend;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize, Serializer};
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use tandem_config::{HumanDuration, Rules, ValidateConfig};

use crate::Url;

/// The longest wait that can be set.
const MAX_WAIT: HumanDuration = HumanDuration::from_hours(1);

/// The database.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// `sqlite:` and a file, or `postgres://user:password@host:port/database`, where `?sslmode=`
    /// selects how TLS is used. A password in it is never printed.
    pub url: Url,
    /// Connections to PostgreSQL, or readers of a SQLite file, from 1 to 1000.
    pub max_connections: u32,
    /// How long a call waits for a connection, or for its turn to write. Longer than 0s, at most 1h.
    pub acquire_timeout: HumanDuration,
    /// How long a write or a statement may take. Longer than 0s, at most 1h.
    pub statement_timeout: HumanDuration,
    /// Whether the service migrates the schema when it starts.
    pub migrate_on_start: bool,
    /// The name of these connections in PostgreSQL, 1 to 63 bytes.
    pub application_name: String,
    /// The secret that authenticates page tokens, at least 32 bytes; every replica needs the same. Never
    /// shown. Without it, one is made at the first start and kept in this database.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "hide_secret")]
    #[schemars(with = "Option<String>")]
    pub page_token_key: Option<SecretString>,
}

/// The fewest bytes of a secret key.
const MIN_KEY_BYTES: usize = 32;

impl Default for Settings {
    fn default() -> Self {
        Self {
            url: Url::from("sqlite:./data/tandem.db"),
            max_connections: 8,
            acquire_timeout: HumanDuration::from_secs(5),
            statement_timeout: HumanDuration::from_secs(10),
            migrate_on_start: true,
            application_name: "tandem".to_owned(),
            page_token_key: None,
        }
    }
}

impl Settings {
    /// The defaults for the SQLite file at `path`.
    #[must_use]
    pub fn sqlite(path: impl AsRef<Path>) -> Self {
        let path = path.as_ref().to_string_lossy().replace('%', "%25").replace('?', "%3F");
        Self { url: Url::from(format!("sqlite:{path}")), ..Self::default() }
    }

    fn invalid_url(&self) -> Option<String> {
        let url = self.url.expose();
        match self.backend() {
            Some(DbBackend::Postgres) => {
                PgConnectOptions::from_str(url).err().map(|e| e.to_string())
            }
            Some(_) => invalid_sqlite_url(url),
            None => Some("must begin with sqlite: or postgres://".to_owned()),
        }
    }

    /// Which database the URL names; none where the scheme is unknown.
    pub(crate) fn backend(&self) -> Option<DbBackend> {
        let (scheme, rest) = self.url.expose().split_once(':')?;
        match scheme {
            "sqlite" => Some(DbBackend::Sqlite),
            "postgres" | "postgresql" if rest.starts_with("//") => Some(DbBackend::Postgres),
            _ => None,
        }
    }
}

impl ValidateConfig for Settings {
    fn validate(&self) -> Vec<String> {
        let Self {
            url: _,
            max_connections,
            acquire_timeout,
            statement_timeout,
            migrate_on_start: _,
            application_name,
            page_token_key,
        } = self;
        let url = self.invalid_url();
        let is_wait = |wait: HumanDuration| !wait.is_zero() && wait <= MAX_WAIT;
        let wait = format!("must be longer than 0s and at most {MAX_WAIT}");
        Rules::new()
            .require("url", url.is_none(), url.as_deref().unwrap_or_default())
            .require(
                "max_connections",
                (1..=1000).contains(max_connections),
                "must be from 1 to 1000",
            )
            .require("acquire_timeout", is_wait(*acquire_timeout), &wait)
            .require("statement_timeout", is_wait(*statement_timeout), &wait)
            .require(
                "application_name",
                (1..=63).contains(&application_name.len()),
                "must have 1 to 63 bytes",
            )
            .require(
                "page_token_key",
                page_token_key.as_ref().is_none_or(is_long_enough),
                "must have at least 32 bytes",
            )
            .violations()
    }
}

fn is_long_enough(key: &SecretString) -> bool {
    key.expose_secret().len() >= MIN_KEY_BYTES
}

/// The secret as settings show it.
#[allow(clippy::ref_option)] // What serde passes.
fn hide_secret<S: Serializer>(_: &Option<SecretString>, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(tandem_config::HIDDEN)
}

fn invalid_sqlite_url(url: &str) -> Option<String> {
    let options = match SqliteConnectOptions::from_str(url) {
        Ok(options) => options,
        Err(error) => return Some(error.to_string()),
    };
    if url.contains(":memory:") || url.contains("mode=memory") {
        return Some("must name a file: several connections cannot share one in memory".to_owned());
    }
    options.get_filename().as_os_str().is_empty().then(|| "must name a file".to_owned())
}

#[cfg(test)]
mod tests;
