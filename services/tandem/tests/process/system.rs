//! The whole system as a process.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;

use tandem_test_support::process::{Output, in_time, program};
use tokio::process::{Child, Command};

use crate::grpc::{Chats, Tasks, chats, tasks};
use crate::run::{run, tandem};

/// Free ports for both services.
const FREE_PORTS: [(&str, &str); 2] = [
    ("TANDEM_CHAT__SERVER__LISTEN", "127.0.0.1:0"),
    ("TANDEM_TASK__SERVER__LISTEN", "127.0.0.1:0"),
];

/// Part of the last line of the banner.
const UP: &str = "Ctrl-C stops it.";

/// A running system; it is killed when this is dropped.
pub(crate) struct System {
    /// The printed address of the chat service.
    pub(crate) chat: SocketAddr,
    /// The printed address of the task service.
    pub(crate) task: SocketAddr,
    /// A token for the user of the banner, from the command line.
    pub(crate) token: String,
    /// Standard output.
    pub(crate) out: Output,
    /// Standard error.
    pub(crate) err: Output,
    data: PathBuf,
    child: Child,
}

impl System {
    /// Starts the system on the folder `data` and waits for the banner.
    pub(crate) async fn start(data: &Path) -> Self {
        Self::start_with(data, &[]).await
    }

    /// The same, with additional environment variables.
    pub(crate) async fn start_with(data: &Path, environment: &[(&str, &str)]) -> Self {
        // No subcommand: the default runs the system.
        let mut child = tandem(data, &[])
            .envs(FREE_PORTS)
            .envs(environment.iter().copied())
            .spawn()
            .expect("the system starts");
        let out = Output::read(child.stdout.take().expect("a pipe"));
        let err = Output::read(child.stderr.take().expect("a pipe"));
        let is_up = out.contains(UP).await;
        assert!(is_up, "the system does not start:\n{}", err.to_end().await);
        let banner = out.text();
        Self {
            chat: address(&banner, "chat service"),
            task: address(&banner, "task service"),
            token: made_token(data, "me").await,
            out,
            err,
            data: data.to_owned(),
            child,
        }
    }

    /// A command line client with the settings of this system.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = tandem(&self.data, arguments);
        command.env("TANDEM_CHAT__SERVER__LISTEN", self.chat.to_string());
        command
    }

    /// A token for `sub` from the command line.
    pub(crate) async fn token_for(&self, sub: &str) -> String {
        made_token(&self.data, sub).await
    }

    /// A client of the task service with the token.
    pub(crate) async fn tasks(&self) -> Tasks {
        tasks(self.task, &self.token).await
    }

    /// A client of the chat service with the token.
    pub(crate) async fn chats(&self) -> Chats {
        chats(self.chat, &self.token).await
    }

    /// Sends a signal, such as `TERM`.
    pub(crate) async fn signal(&self, name: &str) {
        let id = self.child.id().expect("it has not been waited for").to_string();
        run(program("kill").args(["-s", name, &id])).await.succeeded();
    }

    /// Waits for the process to exit.
    pub(crate) async fn end(&mut self) -> ExitStatus {
        in_time("the end of the system", self.child.wait()).await.expect("a status")
    }

    /// Kills the process (SIGKILL).
    pub(crate) async fn kill(mut self) {
        self.child.kill().await.expect("it can be killed");
    }
}

async fn made_token(data: &Path, sub: &str) -> String {
    let made = run(&mut tandem(data, &["token", "--sub", sub])).await.succeeded();
    made.out.trim_end().to_owned()
}

/// The address in the line of a service.
fn address(banner: &str, service: &str) -> SocketAddr {
    let address = after(banner, service).split_whitespace().next().expect("an address");
    address.parse().expect("an address")
}

/// The rest of the line that contains `label`.
fn after<'a>(banner: &'a str, label: &str) -> &'a str {
    let line = banner.lines().find_map(|line| line.split_once(label));
    line.unwrap_or_else(|| panic!("no {label:?} in:\n{banner}")).1.trim()
}
