//! A worker whose lease is over: it sends nothing any more.

use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt as _;
use serde_json::json;
use tandem_auth::Owner;
use tandem_chat::Settings;
use tandem_chat::store::{Lease, TurnJournal};
use tandem_config::HumanDuration;
use tandem_database::Database;
use tokio::sync::Notify;
use uuid::Uuid;

use crate::support::app::Start;
use crate::support::controlled_model::controlled_model;
use crate::support::manual_clock::ManualClock;
use crate::support::stub_tasks::{StubTasks, overloaded};
use crate::support::test_conversation::next;

/// Longer than a test: the lease is renewed only every ten seconds.
const LEASE: u64 = 60;

async fn worker_that_slept_sends_nothing() {
    let (clock, refuse) = (ManualClock::new(), Arc::new(Notify::new()));
    let refused = Arc::clone(&refuse);
    let tasks = StubTasks::new(move |_| {
        let refused = Arc::clone(&refused);
        async move {
            refused.notified().await;
            overloaded()
        }
        .boxed()
    });
    let (model, mut model_calls) = controlled_model();
    let chat = |settings: &mut Settings| {
        settings.agent.lease_duration = HumanDuration::from_secs(LEASE);
        settings.tasks.calls.retry_timeout = HumanDuration::from_mins(1);
    };
    let start = Start { clock: clock.clock(), model, chat, ..Start::default() };
    let conversation = tasks.conversation(start).await;
    let mut events = conversation.stream("add a task").await;
    let turn_id = next(&mut events).await.turn_id;
    model_calls.next().await.call("1", "add_task", json!({"title": "once"}));
    tasks.wait_for(1).await;

    // The process sleeps, and another one takes the turn over.
    clock.advance(LEASE + 1);
    let db = Database::open(conversation.app.chat_database()).await.expect("a database");
    let duration = Duration::from_secs(LEASE);
    let journal = TurnJournal::new(db.clone(), clock.clock(), duration);
    let turn_id = Uuid::try_parse(&turn_id).expect("an id");
    let lease = Lease { turn_id, number: Lease::FIRST };
    let taken = journal.take_over(&Owner::from_row("alice".to_owned()), lease).await;
    assert!(taken.expect("an answer").is_some(), "the lease has expired");
    db.close().await;

    // The call may be repeated; without a lease it is not.
    refuse.notify_waiters();
    refuse.notify_one();
    drop(events);
    conversation.app.stop().await;
    assert_eq!(tasks.calls(), 1);
}

database_tests! {
    tests:
        worker_that_slept_sends_nothing;
}
