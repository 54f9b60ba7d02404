//! A private PostgreSQL for tests, from the installed binaries, and a new database for each test.
//!
//! `TANDEM_TEST_POSTGRES_URL` names a server to use instead. Without either, tests are skipped with a
//! note; with `TANDEM_TEST_REQUIRE_POSTGRES=1` they fail.

use std::env;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _, stderr};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread;

use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};
use tandem_clock::Clock;
use tokio::runtime::Builder;

use crate::free_port;

/// Runs the server and executes commands; removes the server and its data when its input ends.
const SUPERVISOR: &str = include_str!("postgres/supervisor.sh");

/// The folder of the binaries in distributions, with a folder for each version.
const INSTALLED: &str = "/usr/lib/postgresql";

/// The URL of a new, empty database, on a server that the tests of this process share; `None`, and a
/// note on standard error, if there is no PostgreSQL.
///
/// # Panics
/// If PostgreSQL is required and missing, or does not start.
#[must_use]
pub fn database() -> Option<String> {
    static SHARED: OnceLock<Option<Server>> = OnceLock::new();
    if let Ok(url) = env::var("TANDEM_TEST_POSTGRES_URL") {
        return Some(create_database(&url));
    }
    SHARED.get_or_init(Server::start).as_ref().map(Server::database)
}

/// Whether there is a PostgreSQL for [`database`].
///
/// # Panics
/// If PostgreSQL is required and missing.
#[must_use]
pub fn is_available() -> bool {
    let is_found = env::var_os("TANDEM_TEST_POSTGRES_URL").is_some() || binaries().is_some();
    assert!(is_found || !is_required(), "PostgreSQL is required and not installed");
    is_found
}

/// Whether tests fail without PostgreSQL.
fn is_required() -> bool {
    env::var("TANDEM_TEST_REQUIRE_POSTGRES").is_ok_and(|value| value == "1")
}

/// A private server, for tests that stop it. Ends when it is dropped, or with the process.
#[derive(Debug)]
pub struct Server {
    url: String,
    supervisor: Mutex<Supervisor>,
}

impl Server {
    /// Starts a server; `None`, and a note on standard error, if PostgreSQL is not installed.
    ///
    /// # Panics
    /// If PostgreSQL is required and missing, or does not start.
    #[must_use]
    pub fn start() -> Option<Self> {
        let Some(binaries) = binaries() else {
            assert!(!is_required(), "PostgreSQL is required and not installed");
            // Not a macro: the test harness captures what those print.
            let _ = writeln!(stderr(), "skipped: no PostgreSQL is installed");
            return None;
        };
        // Another process may take the free port in the meantime.
        let server = (0..3).find_map(|_| {
            let port = free_port();
            let supervisor = Mutex::new(Supervisor::start(&binaries, port)?);
            let url = format!("postgres://postgres@127.0.0.1:{port}/postgres");
            Some(Self { url, supervisor })
        });
        Some(server.expect("PostgreSQL starts; its log is above"))
    }

    /// The URL of a new, empty database on this server.
    #[must_use]
    pub fn database(&self) -> String {
        create_database(&self.url)
    }

    /// Stops the server: connections are closed, the data stays.
    pub fn stop(&self) {
        self.command("stop");
    }

    /// Starts the server again after [`Server::stop`], on the same port and data.
    pub fn resume(&self) {
        self.command("start");
    }

    fn command(&self, command: &str) {
        let mut supervisor = self.supervisor.lock().unwrap_or_else(PoisonError::into_inner);
        assert!(supervisor.command(command), "PostgreSQL does not {command}");
    }
}

/// The process that runs a server.
#[derive(Debug)]
struct Supervisor {
    process: Child,
    /// None while the process is being stopped.
    commands: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Supervisor {
    fn start(binaries: &Path, port: u16) -> Option<Self> {
        let mut process = shell()
            .args(["-c", SUPERVISOR, "postgres-supervisor"])
            .arg(binaries)
            .arg(port.to_string())
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a shell");
        let commands = process.stdin.take();
        let answers = BufReader::new(process.stdout.take().expect("piped"));
        let mut supervisor = Self { process, commands, answers };
        supervisor.command("start").then_some(supervisor)
    }

    /// Executes a command; returns whether it succeeded.
    fn command(&mut self, command: &str) -> bool {
        let mut answer = String::new();
        let commands = self.commands.as_mut().expect("open until it is dropped");
        writeln!(commands, "{command}").is_ok()
            && self.answers.read_line(&mut answer).is_ok()
            && answer.trim() == "done"
    }
}

impl Drop for Supervisor {
    fn drop(&mut self) {
        self.commands = None;
        // It ends with this process at the latest.
        let _ = self.process.wait();
    }
}

/// A shell; as root it runs as the user `postgres`, because PostgreSQL refuses to run as root.
fn shell() -> Command {
    let root = fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0);
    if !root {
        return Command::new("sh");
    }
    let mut command = Command::new("runuser");
    command.args(["-u", "postgres", "--", "sh"]);
    command
}

/// The folder of `initdb`, `pg_ctl` and `postgres`: the first on the PATH, or the newest installed.
fn binaries() -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let mut installed: Vec<_> = fs::read_dir(INSTALLED)
        .into_iter()
        .flatten()
        .filter_map(|version| Some(version.ok()?.path().join("bin")))
        .collect();
    installed.sort_by_key(|bin| std::cmp::Reverse(version(bin)));
    env::split_paths(&path)
        .chain(installed)
        .find(|bin| ["initdb", "pg_ctl", "postgres"].iter().all(|name| bin.join(name).is_file()))
}

fn version(bin: &Path) -> Option<u32> {
    bin.parent()?.file_name()?.to_str()?.parse().ok()
}

/// Creates a database with a name of its own on the server at `url`.
fn create_database(url: &str) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let now = Clock::system().now().as_micros();
    let name = format!("tandem_{now}_{count}");
    let create = AssertSqlSafe(format!("CREATE DATABASE {name}"));
    let work = async {
        let mut connection = PgConnection::connect(url).await.expect("a server");
        connection.execute(create).await.expect("the right to create databases");
        connection.close().await.expect("an orderly end");
    };
    // A thread, because callers may or may not run in a runtime.
    thread::scope(|scope| {
        let run = || {
            let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(work);
        };
        scope.spawn(run).join().expect("a database");
    });
    with_database(url, &name)
}

/// The URL with another database.
fn with_database(url: &str, name: &str) -> String {
    let (place, parameters) = url.split_once('?').map_or((url, None), |(p, q)| (p, Some(q)));
    let host_end = place.find("://").map_or(0, |at| at + 3);
    let end = place[host_end..].find('/').map_or(place.len(), |at| host_end + at);
    let parameters = parameters.map(|p| format!("?{p}")).unwrap_or_default();
    format!("{}/{name}{parameters}", &place[..end])
}
