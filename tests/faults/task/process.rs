//! The service as a process of its own.

use std::net::TcpListener;
use std::process::Stdio;

use tandem_test_support::{AUDIENCE, Issuer};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, ChildStderr, Command};
use tonic::transport::{Channel, Endpoint};

use super::line::in_time;

/// What it logs when it can do its work.
const UP: &str = "\"serving\"";

/// A process that serves; it is killed when this is dropped.
pub(crate) struct Process {
    /// A channel to it.
    pub(crate) channel: Channel,
    child: Child,
}

/// The binary with a command, on the database at `url`, for users of `issuer`.
pub(crate) fn command(name: &str, url: &str, issuer: &Issuer) -> Command {
    let trust = serde_json::to_string(&[issuer.trust(AUDIENCE)]).expect("it can be written");
    let mut command = Command::new(env!("CARGO_BIN_EXE_tandem-fault-service"));
    command
        .arg(name)
        .env_clear()
        .env("TANDEM_FAULT_SERVICE", "task")
        .env("TANDEM_TASK__DATABASE__URL", url)
        .env("TANDEM_TASK__AUTH__TRUST", trust)
        .env("TANDEM_TASK__LOG__FORMAT", "json")
        .env("TANDEM_TASK__LOG__FILTER", "warn,tandem_server::health=info")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

impl Process {
    /// Starts the service, and waits until it serves.
    pub(crate) async fn start(url: &str, issuer: &Issuer) -> Self {
        let mut log = String::new();
        // Somebody else may take the port that was free a moment ago.
        for _ in 0..3 {
            let port = free_port();
            let mut child = command("serve", url, issuer)
                .env("TANDEM_TASK__SERVER__LISTEN", format!("127.0.0.1:{port}"))
                .spawn()
                .expect("it starts");
            let lines = child.stderr.take().expect("a pipe");
            if in_time(is_up(lines, &mut log)).await {
                let endpoint = Endpoint::from_shared(format!("http://127.0.0.1:{port}"));
                let channel = endpoint.expect("a URL").connect().await.expect("it listens");
                return Self { channel, child };
            }
        }
        panic!("it does not come up:\n{log}");
    }

    /// Ends it the hard way, at once.
    pub(crate) async fn kill(mut self) {
        self.child.kill().await.expect("it can be killed");
    }
}

/// Reads the log until the service is up, and the rest of it where nobody looks. False where it ended.
async fn is_up(log: ChildStderr, read: &mut String) -> bool {
    let mut lines = BufReader::new(log).lines();
    while let Some(line) = lines.next_line().await.expect("a log") {
        read.push_str(&line);
        read.push('\n');
        if line.contains(UP) {
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return true;
        }
    }
    false
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address").port()
}
