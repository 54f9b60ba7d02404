//! Commands that run to their end.

use std::path::Path;
use std::process::Stdio;

use tokio::io::AsyncWriteExt as _;
use tokio::process::{Child, Command};

use crate::output::{Output, in_time};

/// How a command ended.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// The exit status; none where a signal ended it.
    pub(crate) code: Option<i32>,
    /// What it printed on standard output.
    pub(crate) out: String,
    /// What it printed on standard error.
    pub(crate) err: String,
}

/// `tandem` with the data folder `data`, and nothing of this process's environment but the path.
pub(crate) fn tandem(data: &Path, arguments: &[&str]) -> Command {
    let mut command = program(env!("CARGO_BIN_EXE_tandem"));
    command.arg("--data-dir").arg(data).args(arguments);
    command
}

/// A program with an empty environment but for the path, without input, whose output is kept.
pub(crate) fn program(name: impl AsRef<std::ffi::OsStr>) -> Command {
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

/// Runs a command to its end.
pub(crate) async fn run(command: &mut Command) -> Outcome {
    finish(command.spawn().expect("the program starts")).await
}

/// Runs a command to its end with `input` on its standard input.
pub(crate) async fn run_with_input(command: &mut Command, input: &str) -> Outcome {
    let mut child = command.stdin(Stdio::piped()).spawn().expect("the program starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    // A program that ends without reading has said why; its answer is what counts.
    let _ = stdin.write_all(input.as_bytes()).await;
    drop(stdin);
    finish(child).await
}

async fn finish(mut child: Child) -> Outcome {
    let out = Output::of(child.stdout.take().expect("a pipe"));
    let err = Output::of(child.stderr.take().expect("a pipe"));
    let status = in_time("the end of a command", child.wait()).await.expect("a status");
    Outcome { code: status.code(), out: out.to_end().await, err: err.to_end().await }
}

impl Outcome {
    /// The same, where the command did what it was asked.
    pub(crate) fn succeeded(self) -> Self {
        assert_eq!(self.code, Some(0), "{self:?}");
        self
    }

    /// The one line on standard error of a command that failed, and printed nothing else.
    pub(crate) fn failed_with_a_line(self) -> String {
        assert_eq!((self.code, self.out.as_str()), (Some(1), ""), "{self:?}");
        assert_eq!(self.err.lines().count(), 1, "{self:?}");
        self.err.trim_end().to_owned()
    }
}
