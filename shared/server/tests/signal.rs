//! Signals stop a process: the first in an orderly way, the second at once.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};

use tandem_server::shutdown_on_signal;

/// What the child says when it is ready for the next signal.
const READY: &str = "ready for a signal";

/// The process that the test below sends signals to: it never stops by itself.
#[tokio::test]
#[ignore = "started by the other test as a process of its own"]
async fn child() {
    let say = || {
        let mut out = std::io::stdout();
        writeln!(out, "\n{READY}").and_then(|()| out.flush()).expect("the parent listens");
    };
    let shutdown = shutdown_on_signal();
    say();
    shutdown.cancelled().await;
    say();
    std::future::pending::<()>().await;
}

#[test]
fn the_first_signal_cancels_and_the_second_ends_the_process() {
    for (first, second) in [("-TERM", "-INT"), ("-INT", "-TERM")] {
        let mut child = Command::new(std::env::current_exe().expect("this program"))
            .args(["--exact", "child", "--ignored", "--nocapture"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("the child starts");
        let out = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut ready = out.lines().map_while(Result::ok).filter(|line| line == READY);
        ready.next().expect("the child is ready");
        kill(&child, first);
        ready.next().expect("the first signal cancels the token");
        kill(&child, second);
        assert_eq!(child.wait().expect("the child ends").code(), Some(130));
    }
}

fn kill(child: &Child, signal: &str) {
    let sent = Command::new("kill").args([signal, &child.id().to_string()]).status();
    assert!(sent.expect("kill runs").success());
}
