//! Servers as processes: this program, run again.

use std::env;
use std::io::{BufRead as _, BufReader, Read as _, Write as _, stdin, stdout};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::thread;

use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio_util::sync::CancellationToken;

use super::cpu::Cpu;

/// The argument before the role of a server.
const SERVE: &str = "--serve";

/// A running server; it stops when this is dropped or when this process ends.
pub(crate) struct Server {
    /// The URL that it serves.
    pub(crate) url: String,
    child: Child,
    /// Its standard input; closing it stops the server.
    input: Option<ChildStdin>,
}

impl Server {
    /// Runs this program again in a role, and waits until it prints its URL.
    pub(crate) fn start(role: &str, arguments: &[&str]) -> Self {
        let mut child = Command::new(env::current_exe().expect("a program"))
            .args([SERVE, role])
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts again");
        let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        let url = lines.next().expect("a line with the URL").expect("text");
        let input = child.stdin.take();
        Self { url, child, input }
    }

    /// The CPU time that it uses.
    pub(crate) fn cpu(&self) -> Cpu {
        Cpu::of(self.child.id())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.input = None;
        let _ = self.child.wait();
    }
}

/// The role of this process and its arguments; none for the benchmark itself.
pub(crate) fn role() -> Option<(String, Vec<String>)> {
    let mut arguments = env::args().skip_while(|argument| argument != SERVE).skip(1);
    Some((arguments.next()?, arguments.collect()))
}

/// Listens on a free port, prints the URL, and serves until the parent ends.
pub(crate) fn serve<F>(serve: impl FnOnce(TcpListener, CancellationToken) -> F)
where
    F: Future<Output = ()>,
{
    runtime().block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound port");
        writeln!(stdout(), "http://{address}").expect("a parent that reads");
        let shutdown = CancellationToken::new();
        let stop = shutdown.clone();
        thread::spawn(move || {
            let _ = stdin().read_to_end(&mut Vec::new());
            stop.cancel();
        });
        serve(listener, shutdown).await;
    });
}

/// A runtime like that of the services.
pub(crate) fn runtime() -> Runtime {
    Builder::new_multi_thread().enable_all().build().expect("a runtime")
}
