//! `kill -9` while many write, and a new start on the same database.

use futures::future::join_all;
use tandem_test_support::{Issuer, postgres};
use tokio::join;
use tokio_util::sync::CancellationToken;

use super::change_history::{END, Story, check};
use super::line::Line;
use super::process::Process;
use super::writer::{check_written, create, write};

/// How many write at once.
const WRITERS: usize = 64;

/// How often the process is killed.
const KILLS: usize = 5;

/// How many calls are done between two kills.
const CALLS: usize = 200;

#[tokio::test]
async fn on_sqlite_every_acknowledged_write_survives_kills_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("task.db");
    kill_again_and_again(&format!("sqlite:{}", file.display())).await;
}

#[tokio::test]
async fn on_postgres_every_acknowledged_write_survives_kills_once() {
    let Some(url) = postgres::database() else { return };
    kill_again_and_again(&url).await;
}

async fn kill_again_and_again(url: &str) {
    let issuer = Issuer::new();
    let process = Process::start(url, &issuer).await;
    let line = Line::new(issuer.token("alice"), process.channel.clone());
    let mut begin = String::new();
    line.watch(&mut begin, |_| true).await;

    let stop = CancellationToken::new();
    let writers = join_all((0..WRITERS).map(|name| write(&line, name, &stop)));
    let work = async {
        let (written, process) = join!(writers, kills(&line, process, url, &issuer, &stop));
        create(&line, END).await;
        (written.concat(), process)
    };
    let ((written, _process), story) = join!(work, Story::listen(&line, &begin));
    assert!(line.answers().lost >= KILLS, "calls were under way: {:?}", line.answers());
    check(&line, &story).await;
    check_written(&line, written).await;
}

/// Kills the process and starts another, each time so many calls are done; answers the last.
async fn kills(
    line: &Line,
    mut process: Process,
    url: &str,
    issuer: &Issuer,
    stop: &CancellationToken,
) -> Process {
    for kill in 1..=KILLS {
        line.until(|answers| answers.done >= kill * CALLS).await;
        process.kill().await;
        process = Process::start(url, issuer).await;
        line.moved(process.channel.clone());
    }
    line.until(|answers| answers.done >= (KILLS + 1) * CALLS).await;
    stop.cancel();
    process
}
