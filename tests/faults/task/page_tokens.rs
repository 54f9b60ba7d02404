//! Page tokens are valid on every replica and after a restart.

use tandem_clock::Clock;
use tandem_proto::task::ListTasksRequest;
use tandem_task::Settings;
use tandem_test_support::{Issuer, postgres};
use tokio::join;
use tonic::Code;

use super::replica::{Replica, settings};
use super::retrying_client::RetryingClient;
use super::writer::create;

/// The number of the only task of a page, and the token for the next page.
async fn one_task(client: &RetryingClient, page_token: String) -> Result<(i64, String), Code> {
    let request = ListTasksRequest { page_size: 1, page_token, ..Default::default() };
    let page = client.tasks().list_tasks(request).await.map_err(|status| status.code())?;
    let page = page.into_inner();
    Ok((page.tasks[0].number, page.next_page_token))
}

/// Reads one page before a restart and one after it; `change` changes the settings in between.
async fn read_across_restart(
    url: &str,
    change: impl Fn(&mut Settings),
) -> Result<(i64, String), Code> {
    let issuer = Issuer::new();
    let mut settings = settings(url, &issuer);
    let replica = Replica::start(settings.clone(), Clock::system()).await;
    let client = RetryingClient::new(issuer.token("alice"), replica.channel.clone());
    for _ in 0..3 {
        create(&client, "a task").await;
    }
    let (number, token) = one_task(&client, String::new()).await.expect("a page");
    assert_eq!(number, 1);
    replica.stop().await;
    change(&mut settings);
    let replica = Replica::start(settings, Clock::system()).await;
    let client = RetryingClient::new(issuer.token("alice"), replica.channel.clone());
    one_task(&client, token).await
}

#[tokio::test]
async fn restart_keeps_tokens() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = |name: &str| format!("sqlite:{}", folder.path().join(name).display());
    let read = read_across_restart(&url("kept.db"), |_| {}).await.expect("a page");
    assert_eq!(read.0, 2);
    let set_key = |settings: &mut Settings| {
        settings.database.page_token_key = Some("0123456789abcdef0123456789abcdef".into());
    };
    let refused = read_across_restart(&url("changed.db"), set_key).await;
    assert_eq!(refused, Err(Code::InvalidArgument), "another key");
}

#[tokio::test]
async fn replicas_starting_together_agree() {
    for _ in 0..5 {
        let Some(url) = postgres::database() else { return };
        let issuer = Issuer::new();
        let start = || Replica::start(settings(&url, &issuer), Clock::system());
        let (one, other) = join!(start(), start());
        let client = |it: &Replica| RetryingClient::new(issuer.token("alice"), it.channel.clone());
        let (here, there) = (client(&one), client(&other));
        for _ in 0..3 {
            create(&here, "a task").await;
        }
        let (_, token) = one_task(&here, String::new()).await.expect("a page");
        let (number, token) = one_task(&there, token).await.expect("a page");
        assert_eq!(number, 2);
        assert_eq!(one_task(&here, token).await.expect("a page").0, 3);
    }
}
