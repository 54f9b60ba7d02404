//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Tandem gets your to-do list done: a chat service and a task service, in one process.
#[derive(Parser)]
#[command(version)]
pub(crate) struct Arguments {
    /// The folder of the databases and keys.
    #[arg(long, env = "TANDEM_DATA_DIR", default_value = "./data", global = true)]
    pub(crate) data_dir: PathBuf,
    /// The file with the settings; the environment comes before it.
    #[arg(long, env = "TANDEM_CONFIG", global = true)]
    pub(crate) config: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Bring the whole system up (what happens without a command, too).
    Serve,
    /// Print the settings in force and where each comes from, secrets hidden.
    Config,
    /// Print a token for a user of this system.
    Token {
        /// The user's id.
        #[arg(long, default_value = USER)]
        sub: String,
        /// How long it is valid.
        #[arg(long, default_value_t = HOURS, value_parser = clap::value_parser!(u64).range(1..=8760))]
        hours: u64,
    },
    /// Send one message, and print the answer as it comes.
    Ask {
        /// The message.
        message: String,
        #[command(flatten)]
        user: User,
    },
    /// Talk at a prompt: one conversation, until Ctrl-D. Ctrl-C cancels the answer that is under way.
    Chat {
        /// The conversation to go on with; a new one where it is left out.
        #[arg(long)]
        conversation: Option<String>,
        #[command(flatten)]
        user: User,
    },
}

/// Who speaks.
#[derive(Args)]
pub(crate) struct User {
    /// The user's id.
    #[arg(long, default_value = USER)]
    pub(crate) sub: String,
}

/// The user of a system that nobody has told of others.
pub(crate) const USER: &str = "me";

/// How long a token for development is valid.
pub(crate) const HOURS: u64 = 12;
