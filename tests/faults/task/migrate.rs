//! Concurrent starts on an empty database.

use futures::future::join_all;
use tandem_clock::Clock;
use tandem_test_support::{Issuer, postgres};

use super::process::command;
use super::replica::{Replica, settings};
use super::retrying_client::{RetryingClient, in_time};
use super::writer::create;

#[tokio::test]
async fn concurrent_migrations_succeed() {
    let folder = tempfile::tempdir().expect("a folder");
    let issuer = Issuer::new();
    let file = format!("sqlite:{}", folder.path().join("task.db").display());
    for url in [Some(file), postgres::database()].into_iter().flatten() {
        let migrate = |_| command("migrate", &url, &issuer).output();
        for output in in_time(join_all((0..4).map(migrate))).await {
            let output = output.expect("it runs");
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        }
    }
}

#[tokio::test]
async fn concurrent_replica_starts_succeed() {
    let Some(url) = postgres::database() else { return };
    let issuer = Issuer::new();
    let start = |_| Replica::start(settings(&url, &issuer), Clock::system());
    let replicas = join_all((0..4).map(start)).await;
    for (replica, number) in replicas.iter().zip(1..) {
        let client = RetryingClient::new(issuer.token("alice"), replica.channel.clone());
        assert_eq!(create(&client, "a task").await.number, number);
    }
}
