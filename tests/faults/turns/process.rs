//! A service as a process of its own.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, ChildStderr, Command};
use tokio::time::timeout;

/// What a service logs when it can do its work.
const UP: &str = "\"serving\"";

/// How long a start may take on a busy machine.
const START: Duration = Duration::from_secs(60);

/// A process that serves; it is killed when this is dropped.
pub(crate) struct Process(Child);

impl Process {
    /// Starts a service with these settings, and waits until it serves.
    pub(crate) async fn start(service: &str, settings: &[(String, String)]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_tandem-fault-service"))
            .arg("serve")
            .env_clear()
            .env("TANDEM_FAULT_SERVICE", service)
            .envs(settings.iter().map(|(key, value)| (key, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("it starts");
        let log = child.stderr.take().expect("a pipe");
        timeout(START, up(service, log)).await.expect("it comes up in time");
        Self(child)
    }

    /// Ends it the hard way, at once.
    pub(crate) async fn kill(mut self) {
        self.0.kill().await.expect("it can be killed");
    }
}

/// Reads the log until the service is up, and the rest of it where nobody looks.
async fn up(service: &str, log: ChildStderr) {
    let (mut lines, mut read) = (BufReader::new(log).lines(), String::new());
    loop {
        let Some(line) = lines.next_line().await.expect("a log") else {
            panic!("{service} does not come up:\n{read}");
        };
        if line.contains(UP) {
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return;
        }
        read.push_str(&line);
        read.push('\n');
    }
}
