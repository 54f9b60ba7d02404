//! Runs each test once on SQLite and once on PostgreSQL, and those of turns also with their model behind
//! the protocol of each provider, on SQLite.
//!
//! A test is an `async fn` that its file lists in [`database_tests!`]. One that is not listed is dead code,
//! and so is a module whose tests no list includes; both are warnings. Without PostgreSQL its half is
//! reported as ignored; with `TANDEM_TEST_REQUIRE_POSTGRES=1` it fails.

use std::cell::Cell;
use std::path::Path;
use std::process::ExitCode;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use libtest_mimic::{Arguments, Completion, Failed, Trial};
use tandem_llm::Kind;
use tandem_test_support::postgres;
use tokio::runtime::Builder;

/// Time limit of a test. A test that hangs fails, with its name.
const LIMIT: Duration = Duration::from_secs(120);

thread_local! {
    static CURRENT: Cell<Option<Database>> = const { Cell::new(None) };
    static PROTOCOL: Cell<Option<Kind>> = const { Cell::new(None) };
}

/// The tests that also run over the protocol of each provider.
const OVER_PROTOCOLS: &str = "::chat::turns";

/// The protocol between the chat service and its model in the test that this thread runs.
pub(crate) fn protocol() -> Option<Kind> {
    PROTOCOL.get()
}

/// The database that a test runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Database {
    Sqlite,
    Postgres,
}

impl Database {
    /// The database of the test that this thread runs.
    pub(crate) fn current() -> Self {
        CURRENT.get().expect("a thread of a test")
    }

    /// The settings of a new, empty database: a file in `folder` or a database of the shared server.
    pub(crate) fn create(self, folder: &Path, name: &str) -> tandem_database::Settings {
        match self {
            Self::Sqlite => tandem_database::Settings::sqlite(folder.join(format!("{name}.db"))),
            Self::Postgres => {
                let url = postgres::database().expect("ignored without PostgreSQL");
                tandem_database::Settings { url: url.as_str().into(), ..Default::default() }
            }
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }

    /// Whether tests can run on it.
    fn is_available(self) -> bool {
        self == Self::Sqlite || postgres::is_available()
    }
}

/// A test as its module lists it.
#[derive(Clone, Copy)]
pub(crate) struct Test {
    path: &'static str,
    name: &'static str,
    run: fn(),
}

impl Test {
    /// The test `name` in the module at `path`.
    pub(crate) fn new(path: &'static str, name: &'static str, run: fn()) -> Self {
        Self { path, name, run }
    }

    /// The test on one database, named `<database>::<module>::<test>`.
    fn on(self, database: Database) -> Trial {
        self.trial(database.name(), database, None)
    }

    /// The test over a protocol, named `<protocol>::<module>::<test>`.
    fn over(self, protocol: Kind) -> Trial {
        self.trial(protocol.name(), Database::Sqlite, Some(protocol))
    }

    fn trial(self, place: &str, database: Database, protocol: Option<Kind>) -> Trial {
        let module = self.path.split_once("::").map_or("", |(_crate, module)| module);
        let name = format!("{place}::{module}::{}", self.name);
        let thread_name = name.clone();
        Trial::ignorable_test(name, move || {
            if !database.is_available() {
                return Ok(Completion::ignored_with("PostgreSQL is not installed"));
            }
            run_within_limit(thread_name, move || {
                CURRENT.set(Some(database));
                PROTOCOL.set(protocol);
                (self.run)();
            })
        })
    }
}

/// Runs the tests that the command line selects.
pub(crate) fn run(tests: Vec<Test>) -> ExitCode {
    let on = |database| tests.iter().map(move |test| test.on(database));
    let turns = tests.iter().filter(|test| test.path.contains(OVER_PROTOCOLS));
    let protocols = [Kind::OPENAI, Kind::ANTHROPIC, Kind::GEMINI].into_iter();
    let over = protocols.flat_map(|protocol| turns.clone().map(move |test| test.over(protocol)));
    let trials = on(Database::Sqlite).chain(on(Database::Postgres)).chain(over).collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

/// Runs a test on its own thread, which keeps running if it does not end in time.
fn run_within_limit(
    name: String,
    test: impl FnOnce() + Send + 'static,
) -> Result<Completion, Failed> {
    let (ended, end) = mpsc::channel::<()>();
    let test = move || {
        // Dropped when the test returns, and when it panics.
        let _ended = ended;
        test();
    };
    let thread = thread::Builder::new().name(name).spawn(test).expect("a thread");
    if end.recv_timeout(LIMIT) == Err(RecvTimeoutError::Timeout) {
        return Err(format!("did not end within {} s", LIMIT.as_secs()).into());
    }
    thread.join().map(|()| Completion::Completed).map_err(|panic| message(&*panic).into())
}

fn message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "panicked".to_owned())
}

/// Runs a test on the current thread.
pub(crate) fn on_current_thread(test: impl Future<Output = ()>) {
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(test);
}

/// Runs a test on two threads, for races within one process.
pub(crate) fn on_two_threads(test: impl Future<Output = ()>) {
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(test);
}

/// The tests of a module, in this order:
///
/// - `modules`: the modules in this one, whose tests are included;
/// - `tests`: run on one thread, like `#[tokio::test]`;
/// - `two_threads`: run on two threads;
/// - `own_runtime`: functions that are not `async` and start a runtime themselves.
macro_rules! database_tests {
    (
        $(modules: $($module:ident),+;)?
        $(tests: $($test:ident),+;)?
        $(two_threads: $($concurrent:ident),+;)?
        $(own_runtime: $($synchronous:ident),+;)?
    ) => {
        /// The tests of this module and of the modules in it.
        pub(crate) fn tests() -> Vec<$crate::harness::Test> {
            let modules: Vec<Vec<$crate::harness::Test>> = vec![$($($module::tests()),+)?];
            let own: Vec<(&'static str, fn())> = vec![
                $($((stringify!($test), || $crate::harness::on_current_thread($test())),)+)?
                $($((stringify!($concurrent), || $crate::harness::on_two_threads($concurrent())),)+)?
                $($((stringify!($synchronous), $synchronous),)+)?
            ];
            let test = |(name, run)| $crate::harness::Test::new(module_path!(), name, run);
            modules.into_iter().flatten().chain(own.into_iter().map(test)).collect()
        }
    };
}
