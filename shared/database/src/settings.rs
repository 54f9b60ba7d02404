//! The settings of a database.

use std::path::Path;
use std::str::FromStr as _;
use std::time::Duration;

use sea_orm::DbBackend;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize, Serializer};
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;

use crate::Url;

/// The longest wait that can be set, in milliseconds: an hour.
const LONGEST_MS: u64 = 60 * 60 * 1000;

/// How to reach a database.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// `sqlite:` and a file, or `postgres://user:password@host:port/database`, where `?sslmode=` says
    /// how TLS is used. Default `sqlite:./data/tandem.db`.
    pub url: Url,
    /// Connections to PostgreSQL, or readers of a SQLite file, at most. Default 8, at most 1000.
    pub max_connections: u32,
    /// How long a call waits for a connection, or for its turn to write, in milliseconds.
    /// Default 5000.
    pub acquire_timeout_ms: u64,
    /// How long a write may take, and any statement on PostgreSQL, in milliseconds. Default 10000.
    pub statement_timeout_ms: u64,
    /// Whether a service brings its schema up to date when it starts. Default true.
    pub migrate_on_start: bool,
    /// What PostgreSQL shows as the name of these connections. Default `tandem`, at most 63 bytes.
    pub application_name: String,
    /// The secret that authenticates page tokens, at least 32 bytes; every replica needs the same. Never
    /// shown. Default: made at the first start and kept in this database.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "hide_secret")]
    pub page_token_key: Option<SecretString>,
}

/// The fewest bytes of a secret key.
const MIN_KEY_BYTES: usize = 32;

impl Default for Settings {
    fn default() -> Self {
        Self {
            url: Url::from("sqlite:./data/tandem.db"),
            max_connections: 8,
            acquire_timeout_ms: 5_000,
            statement_timeout_ms: 10_000,
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

    /// Everything that is wrong, a line each, which begins with the field.
    #[must_use]
    pub fn validate(&self) -> Vec<String> {
        let mut faults = Vec::new();
        if let Some(fault) = self.url_fault() {
            faults.push(format!("url: {fault}"));
        }
        if !(1..=1000).contains(&self.max_connections) {
            faults.push("max_connections: must be from 1 to 1000".to_owned());
        }
        let waits = [
            ("acquire_timeout_ms", self.acquire_timeout_ms),
            ("statement_timeout_ms", self.statement_timeout_ms),
        ];
        for (field, value) in waits {
            if !(1..=LONGEST_MS).contains(&value) {
                faults.push(format!("{field}: must be from 1 to {LONGEST_MS}"));
            }
        }
        if !(1..=63).contains(&self.application_name.len()) {
            faults.push("application_name: must have 1 to 63 bytes".to_owned());
        }
        let key = self.page_token_key.as_ref().map(|key| key.expose_secret().len());
        if key.is_some_and(|bytes| bytes < MIN_KEY_BYTES) {
            faults.push(format!("page_token_key: must have at least {MIN_KEY_BYTES} bytes"));
        }
        faults
    }

    fn url_fault(&self) -> Option<String> {
        let url = self.url.expose();
        match self.backend() {
            Some(DbBackend::Postgres) => {
                PgConnectOptions::from_str(url).err().map(|e| e.to_string())
            }
            Some(_) => sqlite_fault(url),
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

    pub(crate) fn acquire_timeout(&self) -> Duration {
        Duration::from_millis(self.acquire_timeout_ms)
    }

    pub(crate) fn statement_timeout(&self) -> Duration {
        Duration::from_millis(self.statement_timeout_ms)
    }
}

/// The secret as settings show it.
#[allow(clippy::ref_option)] // What serde passes.
fn hide_secret<S: Serializer>(_: &Option<SecretString>, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str("***")
}

fn sqlite_fault(url: &str) -> Option<String> {
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
