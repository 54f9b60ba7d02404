//! The signals that stop a process.

use std::process;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// The exit status after a second signal: ended by Ctrl-C.
const INTERRUPTED: i32 = 130;

/// A token that SIGTERM and SIGINT (Ctrl-C) cancel. A second signal ends the process at once.
///
/// # Panics
/// Outside of a tokio runtime, or if the system refuses signal handlers.
#[must_use]
pub fn shutdown_on_signal() -> CancellationToken {
    let listen = |kind| signal(kind).expect("signal handlers can be set");
    let (mut terminate, mut interrupt) =
        (listen(SignalKind::terminate()), listen(SignalKind::interrupt()));
    let shutdown = CancellationToken::new();
    let token = shutdown.clone();
    tokio::spawn(async move {
        next_signal(&mut terminate, &mut interrupt).await;
        tracing::info!("stopping; a second signal stops at once");
        token.cancel();
        next_signal(&mut terminate, &mut interrupt).await;
        process::exit(INTERRUPTED);
    });
    shutdown
}

async fn next_signal(terminate: &mut Signal, interrupt: &mut Signal) {
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}
