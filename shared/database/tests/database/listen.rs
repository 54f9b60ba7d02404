//! PostgreSQL: notifications from other processes.

use std::time::Duration;

use futures::StreamExt as _;
use tandem_config::HumanDuration;
use tandem_database::{Announcer, Notifier, Settings, forward_notifications};
use tandem_test_support::fault_proxy::{FaultProxy, State};
use tandem_test_support::postgres;
use tandem_test_support::process::within;

use crate::notes::open;

/// Much longer than any of these tests should take.
const LIMIT: Duration = Duration::from_secs(20);

/// Settings of a new database behind a proxy, with a short time until a connection counts as lost.
async fn behind_proxy() -> Option<(FaultProxy, Settings)> {
    let url = postgres::database()?;
    let (_, rest) = url.split_once('@').expect("a user");
    let (address, _) = rest.split_once('/').expect("a database");
    let proxy = FaultProxy::new(State::Open).await;
    proxy.forward_to(address.parse().expect("an address"));
    let url = url.replace(address, proxy.url().trim_start_matches("http://"));
    let acquire_timeout = HumanDuration::from_millis(300);
    Some((proxy, Settings { url: url.as_str().into(), acquire_timeout, ..Settings::default() }))
}

#[tokio::test]
async fn silent_loss_of_the_connection_is_found() {
    let Some((proxy, settings)) = behind_proxy().await else { return };
    let db = open(&settings).await;
    let mut payloads = db.listen("test").await.expect("a connection").expect("PostgreSQL");
    proxy.set(State::Stalled);
    assert_eq!(within(LIMIT, "the end of the stream", payloads.next()).await, None);
}

#[tokio::test]
async fn pinged_connection_still_receives() {
    let Some((_proxy, settings)) = behind_proxy().await else { return };
    let db = open(&settings).await;
    let mut payloads = db.listen("test").await.expect("a connection").expect("PostgreSQL");
    let announcer = Announcer::new(db, "test");
    for number in 0..2 {
        // Nothing arrives for as long as it takes to ping twice.
        let silence = tokio::time::timeout(Duration::from_millis(700), payloads.next()).await;
        assert!(silence.is_err(), "{silence:?}");
        announcer.announce(&number);
        announcer.flush().await;
        let payload = within(LIMIT, "a notification", payloads.next()).await;
        assert_eq!(payload, Some(number.to_string()));
    }
}

#[tokio::test]
async fn notifications_reach_subscribers_after_a_loss() {
    let Some((proxy, settings)) = behind_proxy().await else { return };
    let (db, notifier) = (open(&settings).await, Notifier::<i64>::default());
    let announcer = Announcer::new(db.clone(), "test");
    let forward = forward_notifications(&db, "test", &notifier, |payload| payload.parse().ok());
    let check = async {
        let mut subscription = notifier.subscribe(&7);
        // Notified when the connection is ready.
        within(LIMIT, "a connection", subscription.changed()).await;
        announcer.announce(&7);
        announcer.flush().await;
        within(LIMIT, "a notification", subscription.changed()).await;
        proxy.set(State::Refuse);
        proxy.set(State::Open);
        within(LIMIT, "another connection", subscription.changed()).await;
    };
    tokio::select! {
        () = check => {}
        () = forward => {}
    }
}
