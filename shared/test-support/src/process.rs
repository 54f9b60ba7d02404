//! Child processes: starting them, waiting for their output, and killing them.

use std::ffi::OsStr;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::{Child, Command};
use tokio::sync::watch;
use tokio::time::timeout;

/// Time limit of [`in_time`], far above the time that anything should take.
const LIMIT: Duration = Duration::from_secs(60);

/// A command with captured output, without input, and with no environment but PATH. The process is killed
/// when its handle is dropped.
pub fn program(name: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(name);
    command
        .env_clear()
        .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

/// A running service; it is killed when this is dropped.
#[derive(Debug)]
pub struct Process(Child);

impl Process {
    /// Starts a service and waits until its log contains `ready`.
    ///
    /// # Errors
    /// The log, if the process ends before that.
    ///
    /// # Panics
    /// If the program cannot be started.
    pub async fn start(command: &mut Command, ready: &str) -> Result<Self, String> {
        let mut child = command.stdout(Stdio::null()).spawn().expect("the program starts");
        let log = Output::read(child.stderr.take().expect("a pipe"));
        if log.contains(ready).await { Ok(Self(child)) } else { Err(log.text()) }
    }

    /// Kills the process (SIGKILL).
    ///
    /// # Panics
    /// If the process cannot be killed.
    pub async fn kill(mut self) {
        self.0.kill().await.expect("the process can be killed");
    }
}

/// The text that a process has written to one of its streams.
#[derive(Debug, Clone)]
pub struct Output(watch::Receiver<Vec<u8>>);

impl Output {
    /// Reads `stream` to its end in the background, so that the process never blocks on a full pipe.
    pub fn read(mut stream: impl AsyncRead + Send + Unpin + 'static) -> Self {
        let (sender, receiver) = watch::channel(Vec::new());
        tokio::spawn(async move {
            let mut piece = vec![0; 4096];
            while let Ok(length @ 1..) = stream.read(&mut piece).await {
                sender.send_modify(|text| text.extend_from_slice(&piece[..length]));
            }
        });
        Self(receiver)
    }

    /// The text until now.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.borrow()).into_owned()
    }

    /// Waits until the text contains `part`. Returns false if the stream ends without it.
    pub async fn contains(&self, part: &str) -> bool {
        let mut stream = self.0.clone();
        let printed = stream.wait_for(|text| String::from_utf8_lossy(text).contains(part));
        in_time(part, printed).await.is_ok()
    }

    /// Waits until the text contains `part`.
    ///
    /// # Panics
    /// If the stream ends without it.
    pub async fn until(&self, part: &str) {
        let found = self.contains(part).await;
        assert!(found, "the process ended without printing {part:?}; it printed:\n{}", self.text());
    }

    /// Waits for the end of the stream and returns the whole text.
    pub async fn to_end(&self) -> String {
        let mut stream = self.0.clone();
        // Never true: the wait ends with the stream.
        let _ = in_time("the end of the output", stream.wait_for(|_| false)).await;
        self.text()
    }
}

/// Waits for `event`, which `what` describes.
///
/// # Panics
/// After 60 seconds.
pub async fn in_time<F: Future>(what: &str, event: F) -> F::Output {
    within(LIMIT, what, event).await
}

/// Waits for `event`, which `what` describes.
///
/// # Panics
/// After `limit`.
pub async fn within<F: Future>(limit: Duration, what: &str, event: F) -> F::Output {
    match timeout(limit, event).await {
        Ok(outcome) => outcome,
        Err(_) => panic!("waited {limit:?} in vain for: {what}"),
    }
}
