//! The task service as a process of its own.

use std::net::SocketAddr;
use std::process::ExitCode;

use tandem_error::Cause;
use tandem_server::logs::LogSettings;
use tandem_service::Service;
use tandem_task::{Config, Settings};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

struct Task;

impl Service for Task {
    const NAME: &'static str = "task";
    type Settings = Settings;

    fn log(settings: &Settings) -> &LogSettings {
        &settings.log
    }

    fn listen(settings: &Settings) -> SocketAddr {
        settings.server.listen
    }

    async fn migrate(settings: Settings) -> Result<(), Cause> {
        tandem_task::migrate(&settings).await
    }

    async fn serve(
        settings: Settings,
        listener: TcpListener,
        shutdown: CancellationToken,
    ) -> Result<(), Cause> {
        tandem_task::serve(Config::new(settings), listener, shutdown).await
    }
}

fn main() -> ExitCode {
    tandem_service::run::<Task>()
}
