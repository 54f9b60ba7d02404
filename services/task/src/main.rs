//! The task service as a process of its own.

use std::process::ExitCode;

use tandem_task::Config;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    tandem_service::run(|settings| Ok(Config::new(settings)))
}
