//! The chat service as a process of its own.

use std::net::SocketAddr;
use std::process::ExitCode;

use tandem_chat::{Config, Settings};
use tandem_error::Cause;
use tandem_server::logs::LogSettings;
use tandem_service::Service;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

struct Chat;

impl Service for Chat {
    const NAME: &'static str = "chat";
    type Settings = Settings;

    fn log(settings: &Settings) -> &LogSettings {
        &settings.log
    }

    fn listen(settings: &Settings) -> SocketAddr {
        settings.server.listen
    }

    async fn migrate(settings: Settings) -> Result<(), Cause> {
        tandem_chat::migrate(&settings).await
    }

    async fn serve(
        settings: Settings,
        listener: TcpListener,
        shutdown: CancellationToken,
    ) -> Result<(), Cause> {
        tandem_chat::serve(Config::new(settings)?, listener, shutdown).await
    }
}

fn main() -> ExitCode {
    tandem_service::run::<Chat>()
}
