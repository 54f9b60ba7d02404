//! `kill -9` under load, and a restart on the same database.

use futures::future::join_all;
use tandem_test_support::{Issuer, postgres};
use tokio::join;
use tokio_util::sync::CancellationToken;

use super::change_history::{ChangeHistory, END, check_history};
use super::process::ServiceProcess;
use super::retrying_client::RetryingClient;
use super::writer::{check_written, create, write};

/// Number of concurrent writers.
const WRITERS: usize = 64;

/// Number of kills.
const KILLS: usize = 5;

/// Successful calls between two kills.
const CALLS: usize = 200;

#[tokio::test]
async fn sqlite_writes_survive_kills() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("task.db");
    kill_repeatedly(&format!("sqlite:{}", file.display())).await;
}

#[tokio::test]
async fn postgres_writes_survive_kills() {
    let Some(url) = postgres::database() else { return };
    kill_repeatedly(&url).await;
}

async fn kill_repeatedly(url: &str) {
    let issuer = Issuer::new();
    let process = ServiceProcess::start(url, &issuer).await;
    let client = RetryingClient::new(issuer.token("alice"), process.channel.clone());
    let mut begin = String::new();
    client.watch(&mut begin, |_| true).await;

    let stop = CancellationToken::new();
    let writers = join_all((0..WRITERS).map(|name| write(&client, name, &stop)));
    let work = async {
        let (written, process) = join!(writers, kills(&client, process, url, &issuer, &stop));
        create(&client, END).await;
        (written.concat(), process)
    };
    let ((written, _process), history) = join!(work, ChangeHistory::record(&client, &begin));
    assert!(client.outcomes().lost >= KILLS, "calls were interrupted: {:?}", client.outcomes());
    check_history(&client, &history).await;
    check_written(&client, written).await;
}

/// Kills and restarts the process, each time after [`CALLS`] calls; returns the last process.
async fn kills(
    client: &RetryingClient,
    mut process: ServiceProcess,
    url: &str,
    issuer: &Issuer,
    stop: &CancellationToken,
) -> ServiceProcess {
    for kill in 1..=KILLS {
        client.wait_until(|outcomes| outcomes.done >= kill * CALLS).await;
        process.kill().await;
        process = ServiceProcess::start(url, issuer).await;
        client.reconnect(process.channel.clone());
    }
    client.wait_until(|outcomes| outcomes.done >= (KILLS + 1) * CALLS).await;
    stop.cancel();
    process
}
