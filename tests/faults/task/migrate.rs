//! Several that start on an empty database at once.

use futures::future::join_all;
use tandem_clock::Clock;
use tandem_test_support::{Issuer, postgres};

use super::line::{Line, in_time};
use super::process::command;
use super::replica::{Replica, settings};
use super::writer::create;

#[tokio::test]
async fn processes_that_migrate_an_empty_database_at_once_all_succeed() {
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
async fn replicas_that_start_on_an_empty_database_at_once_all_serve() {
    let Some(url) = postgres::database() else { return };
    let issuer = Issuer::new();
    let start = |_| Replica::start(settings(&url, &issuer), Clock::system());
    let replicas = join_all((0..4).map(start)).await;
    for (replica, number) in replicas.iter().zip(1..) {
        let line = Line::new(issuer.token("alice"), replica.channel.clone());
        assert_eq!(create(&line, "a task").await.number, number);
    }
}
