//! Databases for a measurement: a SQLite file, or a database of a private PostgreSQL.

use sqlx::{Connection as _, PgConnection, query_scalar};
use tandem_database::Settings;
use tempfile::TempDir;

use super::cpu::{self, Cpu};

/// A database, deleted when this is dropped or the process ends.
pub(crate) struct Place {
    /// `SQLite` or `PostgreSQL`.
    pub(crate) name: &'static str,
    /// The connection settings.
    pub(crate) settings: Settings,
    /// Its CPU time, if it is a separate process on this machine.
    pub(crate) cpu: Option<Cpu>,
    _folder: Option<TempDir>,
}

impl Place {
    /// A file in a folder of its own.
    pub(crate) fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let settings = Settings::sqlite(folder.path().join("tasks.db"));
        Self { name: "SQLite", settings, cpu: None, _folder: Some(folder) }
    }

    /// A database of the PostgreSQL that the tests use; none if it is not installed.
    pub(crate) async fn postgres() -> Option<Self> {
        let url = tandem_test_support::postgres::database()?;
        let settings = Settings { url: url.as_str().into(), ..Settings::default() };
        let mut connection = PgConnection::connect(&url).await.expect("a server");
        let backend: i32 = query_scalar("SELECT pg_backend_pid()")
            .fetch_one(&mut connection)
            .await
            .expect("a row");
        let backend = u32::try_from(backend).expect("a process");
        let cpu = cpu::parent(backend).map(Cpu::of_family);
        Some(Self { name: "PostgreSQL", settings, cpu, _folder: None })
    }

    /// Whether it is PostgreSQL.
    pub(crate) fn is_postgres(&self) -> bool {
        self._folder.is_none()
    }

    /// Both kinds, or the one that `--only sqlite` or `--only postgres` names.
    pub(crate) async fn all() -> Vec<Self> {
        let only = super::options::option("--only", String::new());
        let mut places = Vec::new();
        if only != "postgres" {
            places.push(Self::sqlite());
        }
        if only != "sqlite" {
            places.extend(Self::postgres().await);
        }
        places
    }
}
