//! Tandem in one process. `tandem` starts everything; the other commands are its clients.

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
        Command::Config => terminal::print_text(&system.render()),
        Command::Token { sub, hours } => {
            terminal::print_text(&format!("{}\n", system.keys.user_token(&sub, hours)?))
        }
        Command::Ask { message, user } => {
            runtime.block_on(ask::send_message(&system, &user, message))
        }
        Command::Chat { conversation, user } => {
            runtime.block_on(chat::run_prompt(&system, &user, conversation))
        }
    };
    // A blocked prompt must not keep the process alive.
    runtime.shutdown_background();
    outcome
}
