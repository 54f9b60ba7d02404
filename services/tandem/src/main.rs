//! Tandem in one process: `tandem` alone brings everything up, the other commands use it.

mod arguments;
mod ask;
mod banner;
mod chat;
mod client;
mod keys;
mod settings;
mod system;
mod terminal;

use std::process::ExitCode;

use clap::Parser as _;
use tandem_error::Cause;
use tokio::runtime::Runtime;

use arguments::{Arguments, Command};
use settings::System;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => tandem_service::report_error(&*error),
    }
}

fn run(arguments: Arguments) -> Result<(), Cause> {
    let system = System::load(&arguments)?;
    let runtime = Runtime::new()?;
    let outcome = match arguments.command.unwrap_or(Command::Serve) {
        Command::Serve => runtime.block_on(system::serve(system)),
        Command::Config => terminal::print(&system.render()),
        Command::Token { sub, hours } => {
            terminal::print(&format!("{}\n", system.keys.token(&sub, hours)?))
        }
        Command::Ask { message, user } => runtime.block_on(ask::ask(&system, &user, message)),
        Command::Chat { conversation, user } => {
            runtime.block_on(chat::chat(&system, &user, conversation))
        }
    };
    // A prompt that waits for its next line must not hold the process.
    runtime.shutdown_background();
    outcome
}
