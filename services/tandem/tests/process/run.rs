//! Commands that run to their end.

use std::path::Path;
use std::process::Stdio;

use tandem_test_support::process::{Output, in_time, program};
use tokio::io::AsyncWriteExt as _;
use tokio::process::{Child, Command};

/// How a command ended.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// The exit status; none if a signal ended it.
    pub(crate) code: Option<i32>,
    /// What it printed on standard output.
    pub(crate) out: String,
    /// What it printed on standard error.
    pub(crate) err: String,
}

/// `tandem` with the data folder `data`; of this process's environment only PATH is passed on.
pub(crate) fn tandem(data: &Path, arguments: &[&str]) -> Command {
    let mut command = program(env!("CARGO_BIN_EXE_tandem"));
    command.arg("--data-dir").arg(data).args(arguments);
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
    // A program may exit without reading its input; its outcome is checked instead.
    let _ = stdin.write_all(input.as_bytes()).await;
    drop(stdin);
    finish(child).await
}

async fn finish(mut child: Child) -> Outcome {
    let out = Output::read(child.stdout.take().expect("a pipe"));
    let err = Output::read(child.stderr.take().expect("a pipe"));
    let status = in_time("the end of a command", child.wait()).await.expect("a status");
    Outcome { code: status.code(), out: out.to_end().await, err: err.to_end().await }
}

impl Outcome {
    /// The outcome of a command that succeeded.
    pub(crate) fn succeeded(self) -> Self {
        assert_eq!(self.code, Some(0), "{self:?}");
        self
    }

    /// The only line on standard error of a command that failed without output.
    pub(crate) fn failed_with_a_line(self) -> String {
        assert_eq!((self.code, self.out.as_str()), (Some(1), ""), "{self:?}");
        assert_eq!(self.err.lines().count(), 1, "{self:?}");
        self.err.trim_end().to_owned()
    }
}
