//! The whole system, running as a process.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;

use tokio::process::{Child, Command};

use crate::grpc::{Chats, Tasks, chats, tasks};
use crate::output::{Output, in_time};
use crate::run::{program, run, tandem};

/// Where both services listen: on ports that are free.
const FREE_PORTS: [(&str, &str); 2] = [
    ("TANDEM_CHAT__SERVER__LISTEN", "127.0.0.1:0"),
    ("TANDEM_TASK__SERVER__LISTEN", "127.0.0.1:0"),
];

/// The last line of what it prints when it is up.
const UP: &str = "Ctrl-C stops it.";

/// A system that runs; it is killed when this is dropped.
pub(crate) struct System {
    /// Where the chat service listens, as printed.
    pub(crate) chat: SocketAddr,
    /// Where the task service listens, as printed.
    pub(crate) task: SocketAddr,
    /// The token that it printed.
    pub(crate) token: String,
    /// Its standard output.
    pub(crate) out: Output,
    /// Its standard error.
    pub(crate) err: Output,
    data: PathBuf,
    child: Child,
}

impl System {
    /// Starts the system on the folder `data`, and waits until it is up.
    pub(crate) async fn start(data: &Path) -> Self {
        Self::start_with(data, &[]).await
    }

    /// The same, with settings in the environment.
    pub(crate) async fn start_with(data: &Path, environment: &[(&str, &str)]) -> Self {
        // Without a command, as a newcomer starts it.
        let mut child = tandem(data, &[])
            .envs(FREE_PORTS)
            .envs(environment.iter().copied())
            .spawn()
            .expect("the system starts");
        let out = Output::of(child.stdout.take().expect("a pipe"));
        let err = Output::of(child.stderr.take().expect("a pipe"));
        let is_up = out.has(UP).await;
        assert!(is_up, "it does not come up:\n{}", err.to_end().await);
        let banner = out.text();
        Self {
            chat: address(&banner, "chat service"),
            task: address(&banner, "task service"),
            token: after(&banner, "export TOKEN=").to_owned(),
            out,
            err,
            data: data.to_owned(),
            child,
        }
    }

    /// The command line, with the settings of this system.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = tandem(&self.data, arguments);
        command.env("TANDEM_CHAT__SERVER__LISTEN", self.chat.to_string());
        command
    }

    /// A token for `sub`, made by the command line.
    pub(crate) async fn token_for(&self, sub: &str) -> String {
        let made = run(&mut self.command(&["token", "--sub", sub])).await.succeeded();
        made.out.trim_end().to_owned()
    }

    /// The task service, with the token that was printed.
    pub(crate) async fn tasks(&self) -> Tasks {
        tasks(self.task, &self.token).await
    }

    /// The chat service, with the token that was printed.
    pub(crate) async fn chats(&self) -> Chats {
        chats(self.chat, &self.token).await
    }

    /// Sends it a signal, such as `TERM`.
    pub(crate) async fn signal(&self, name: &str) {
        let id = self.child.id().expect("it has not been waited for").to_string();
        run(program("kill").args(["-s", name, &id])).await.succeeded();
    }

    /// Waits for its end.
    pub(crate) async fn end(&mut self) -> ExitStatus {
        in_time("the end of the system", self.child.wait()).await.expect("a status")
    }

    /// Ends it the hard way, at once.
    pub(crate) async fn kill(mut self) {
        self.child.kill().await.expect("it can be killed");
    }
}

/// The address in the line of a service.
fn address(banner: &str, service: &str) -> SocketAddr {
    let address = after(banner, service).split_whitespace().next().expect("an address");
    address.parse().expect("an address")
}

/// The rest of the line that has `label` in it.
fn after<'a>(banner: &'a str, label: &str) -> &'a str {
    let line = banner.lines().find_map(|line| line.split_once(label));
    line.unwrap_or_else(|| panic!("no {label:?} in:\n{banner}")).1.trim()
}
