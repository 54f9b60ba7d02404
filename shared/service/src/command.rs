//! The command line of a service: `serve`, `migrate` and `config`.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tandem_config::Loaded;
use tandem_error::Cause;
use tandem_server::logs;
use tokio::runtime::Runtime;

use crate::service::{Service, migrate, serve};
use crate::{ServiceSettings as _, report_error};

#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// The settings file; environment variables take precedence.
    #[arg(long, env = "TANDEM_CONFIG", global = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve until the process is asked to stop (SIGTERM or Ctrl-C).
    Serve,
    /// Migrate the database to the newest schema.
    Migrate,
    /// Print the settings in force and the source of each, secrets hidden.
    Config,
}

/// Runs the command line of the process for the service that `new` makes from its settings.
#[must_use]
pub fn run<S: Service>(new: impl FnOnce(S::Settings) -> Result<S, Cause>) -> ExitCode {
    let arguments = Arguments::parse();
    let (file, environment) = (arguments.config.as_deref(), std::env::vars_os());
    let loaded = tandem_config::load::<S::Settings>(S::NAME, file, environment);
    let outcome = match loaded {
        Ok(loaded) => execute(&arguments.command, loaded, new),
        Err(errors) => Err(errors.into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => report_error(&*error),
    }
}

fn execute<S: Service>(
    command: &Command,
    loaded: Loaded<S::Settings>,
    new: impl FnOnce(S::Settings) -> Result<S, Cause>,
) -> Result<(), Cause> {
    let settings = match command {
        Command::Config => {
            std::io::stdout().write_all(loaded.render().as_bytes())?;
            return Ok(());
        }
        Command::Serve | Command::Migrate => loaded.settings,
    };
    let common = settings.common();
    logs::init(&common.log);
    Runtime::new()?.block_on(async {
        if matches!(command, Command::Migrate) {
            return migrate::<S>(&settings).await;
        }
        let listener = tandem_server::bind(common.server.listen).await?;
        serve(new(settings)?, listener, tandem_server::shutdown_on_signal()).await
    })
}
