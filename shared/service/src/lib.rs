//! The command line of a service, the same for each: `serve`, `migrate` and `config`.
//!
//! A service's binary is [`run`] and its [`Service`]; what goes wrong before it serves is said in a
//! line on standard error, and the exit status is 1.

use std::fmt::Display;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tandem_config::{Loaded, ValidateConfig};
use tandem_error::Cause;
use tandem_server::logs::{self, LogSettings};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;

/// A service that can be run.
pub trait Service {
    /// Its name in settings: `task` for `TANDEM_TASK__…` and `[task.…]`.
    const NAME: &'static str;

    /// Its settings.
    type Settings: ValidateConfig + Default + Serialize + DeserializeOwned;

    /// The section on logs.
    fn log(settings: &Self::Settings) -> &LogSettings;

    /// The address to listen on.
    fn listen(settings: &Self::Settings) -> SocketAddr;

    /// Brings its database to the newest schema.
    fn migrate(settings: Self::Settings) -> impl Future<Output = Result<(), Cause>>;

    /// Serves until `shutdown` is cancelled.
    fn serve(
        settings: Self::Settings,
        listener: TcpListener,
        shutdown: CancellationToken,
    ) -> impl Future<Output = Result<(), Cause>>;
}

#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// The file with the settings; the environment comes before it.
    #[arg(long, env = "TANDEM_CONFIG", global = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve until the process is asked to stop (SIGTERM or Ctrl-C).
    Serve,
    /// Bring the database to the newest schema.
    Migrate,
    /// Print the settings in force and where each comes from, secrets hidden.
    Config,
}

/// Runs what the arguments of the process say.
#[must_use]
pub fn run<S: Service>() -> ExitCode {
    let arguments = Arguments::parse();
    let loaded =
        tandem_config::load::<S::Settings>(S::NAME, arguments.config.as_deref(), std::env::vars());
    let outcome = match loaded {
        Ok(loaded) => execute::<S>(&arguments.command, loaded),
        Err(faults) => Err(faults.into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&*error),
    }
}

/// Says what went wrong, and what it comes from.
#[must_use]
pub fn fail(error: &(dyn std::error::Error + 'static)) -> ExitCode {
    let mut message = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        // Many errors say what they come from themselves.
        if !message.contains(&error.to_string()) {
            message = format!("{message}: {error}");
        }
        source = error.source();
    }
    say(&message);
    ExitCode::FAILURE
}

fn say(message: &impl Display) {
    // Nothing is left to do where standard error is closed.
    let _ = writeln!(std::io::stderr(), "error: {message}");
}

fn execute<S: Service>(command: &Command, loaded: Loaded<S::Settings>) -> Result<(), Cause> {
    if matches!(command, Command::Config) {
        std::io::stdout().write_all(loaded.render().as_bytes())?;
        return Ok(());
    }
    logs::init(S::log(&loaded.settings));
    Runtime::new()?.block_on(async {
        match command {
            Command::Migrate => S::migrate(loaded.settings).await,
            _ => serve::<S>(loaded.settings).await,
        }
    })
}

async fn serve<S: Service>(settings: S::Settings) -> Result<(), Cause> {
    let listener = tandem_server::bind(S::listen(&settings)).await?;
    S::serve(settings, listener, tandem_server::shutdown_on_signal()).await
}
