//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Tandem: an assistant for to-do lists. Runs the chat service and the task service in one process.
#[derive(Parser)]
#[command(version)]
pub(crate) struct Arguments {
    /// Folder of the databases and keys.
    #[arg(long, env = "TANDEM_DATA_DIR", default_value = "./data", global = true)]
    pub(crate) data_dir: PathBuf,
    /// Settings file (TOML); environment variables take precedence.
    #[arg(long, env = "TANDEM_CONFIG", global = true)]
    pub(crate) config: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Start the whole system (the default command).
    Serve,
    /// Print the effective settings with their sources; secrets are hidden.
    Config,
    /// Print an access token for a user of this system.
    Token {
        /// User id (the `sub` claim).
        #[arg(long, default_value = DEFAULT_USER)]
        sub: String,
        /// Lifetime in hours.
        #[arg(long, default_value_t = DEFAULT_TOKEN_HOURS, value_parser = clap::value_parser!(u64).range(1..=8760))]
        hours: u64,
    },
    /// Send one message and print the answer as it is generated.
    Ask {
        /// Message text.
        message: String,
        #[command(flatten)]
        user: User,
    },
    /// Chat at a prompt, in one conversation. Ctrl-C cancels the running answer, Ctrl-D exits.
    Chat {
        /// Conversation to continue; a new one by default.
        #[arg(long)]
        conversation: Option<String>,
        #[command(flatten)]
        user: User,
    },
}

/// The user on whose behalf a command runs.
#[derive(Args)]
pub(crate) struct User {
    /// User id (the `sub` claim).
    #[arg(long, default_value = DEFAULT_USER)]
    pub(crate) sub: String,
}

/// Default user id.
pub(crate) const DEFAULT_USER: &str = "me";

/// Default lifetime of a development token, in hours.
pub(crate) const DEFAULT_TOKEN_HOURS: u64 = 12;
