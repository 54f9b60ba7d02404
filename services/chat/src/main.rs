//! The chat service as a process of its own.

use std::process::ExitCode;

use tandem_chat::Config;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    tandem_service::run(Config::new)
}
