//! The task service as a process.

use std::process::Stdio;

use tandem_test_support::process::{Process, program};
use tandem_test_support::{AUDIENCE, Issuer, free_port};
use tokio::process::Command;
use tonic::transport::{Channel, Endpoint};

use super::retrying_client::in_time;

/// Part of the log line that reports readiness.
const READY: &str = "\"serving\"";

/// A running service; it is killed when this is dropped.
pub(crate) struct ServiceProcess {
    pub(crate) channel: Channel,
    process: Process,
}

/// A command of the service, on the database at `url`, for users of `issuer`.
pub(crate) fn command(name: &str, url: &str, issuer: &Issuer) -> Command {
    let trust = serde_json::to_string(&[issuer.trust(AUDIENCE)]).expect("it can be written");
    let mut command = program(env!("CARGO_BIN_EXE_tandem-fault-service"));
    command
        .arg(name)
        .env("FAULT_SERVICE", "task")
        .env("TANDEM_TASK__DATABASE__URL", url)
        .env("TANDEM_TASK__AUTH__TRUST", trust)
        .env("TANDEM_TASK__LOG__FORMAT", "json")
        .env("TANDEM_TASK__LOG__FILTER", "warn,tandem_server::health=info")
        .stdout(Stdio::null());
    command
}

impl ServiceProcess {
    /// Starts the service and waits until it is ready.
    pub(crate) async fn start(url: &str, issuer: &Issuer) -> Self {
        let mut log = String::new();
        // Another process may take the free port in the meantime.
        for _ in 0..3 {
            let port = free_port();
            let mut command = command("serve", url, issuer);
            command.env("TANDEM_TASK__SERVER__LISTEN", format!("127.0.0.1:{port}"));
            match in_time(Process::start(&mut command, READY)).await {
                Ok(process) => {
                    let endpoint = Endpoint::from_shared(format!("http://127.0.0.1:{port}"));
                    let channel = endpoint.expect("a URL").connect().await.expect("it listens");
                    return Self { channel, process };
                }
                Err(output) => log.push_str(&output),
            }
        }
        panic!("the service does not start:\n{log}");
    }

    /// Kills the process (SIGKILL).
    pub(crate) async fn kill(self) {
        self.process.kill().await;
    }
}
