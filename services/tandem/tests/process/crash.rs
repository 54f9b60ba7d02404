//! `kill -9` and a restart on the same folder: every acknowledged write is stored exactly once.

mod ledger;

use std::time::Duration;

use tandem_proto::chat::{CreateMessageRequest, GetTurnRequest, TurnState};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tonic::Code;

use crate::grpc::{list, post};
use crate::stop::{HeldTurn, end_of};
use crate::system::System;
use ledger::Ledger;
use tandem_test_support::process::{in_time, within};

/// Number of kills.
const KILLS: usize = 10;

/// Time limit for a takeover: the lease, and the next check for abandoned turns.
const TAKEOVER_LIMIT: Duration = Duration::from_secs(20);

#[tokio::test]
async fn acknowledged_writes_survive_kills() {
    let data = tempfile::tempdir().expect("a folder");
    let (ledger, mut acknowledged) = Ledger::new();
    for round in 0..KILLS {
        let system = System::start(data.path()).await;
        ledger.check(&system).await;
        let clients = clients(&ledger, &system, round).await;
        let before = *acknowledged.borrow();
        wait_for(&mut acknowledged, before + 10 + 7 * round).await;
        system.kill().await;
        for client in clients {
            in_time("the end of a client", client).await.expect("it ends without a panic");
        }
    }
    let system = System::start(data.path()).await;
    ledger.check(&system).await;
    let ends = ledger.check_turns(&system);
    within(TAKEOVER_LIMIT, "the end of every turn", ends).await;
}

#[tokio::test]
async fn killed_turn_is_resumed_once() {
    let data = tempfile::tempdir().expect("a folder");
    let system = System::start(data.path()).await;
    let turn = HeldTurn::begin(&mut system.chats().await, data.path()).await;
    system.kill().await;
    turn.lock.release().await;

    let system = System::start(data.path()).await;
    let mut chats = system.chats().await;
    let refused =
        post(&mut chats, &turn.conversation, "hello").await.expect_err("the turn still runs");
    assert_eq!(refused.code(), Code::Aborted, "{refused:?}");
    let answer = within(TAKEOVER_LIMIT, "the end", end_of(&mut chats, &turn.id)).await;
    assert!(answer.content.contains("buy milk"), "{answer:?}");
    let request = GetTurnRequest { id: turn.id, ..GetTurnRequest::default() };
    let stored = chats.get_turn(request).await.expect("the turn").into_inner();
    assert_eq!(stored.state(), TurnState::Completed);

    let request = CreateMessageRequest {
        conversation_id: turn.conversation,
        content: "add eggs".to_owned(),
        ..CreateMessageRequest::default()
    };
    let answer = in_time("an answer", chats.create_message(request)).await.expect("an answer");
    assert!(answer.into_inner().assistant_message.expect("an answer").content.contains("eggs"));
    let titles = list(&mut system.tasks().await).await.into_iter().map(|task| task.title);
    assert_eq!(titles.collect::<Vec<_>>(), ["buy milk", "eggs"]);
}

/// Waits until `count` writes are acknowledged.
async fn wait_for(acknowledged: &mut watch::Receiver<usize>, count: usize) {
    let reached = acknowledged.wait_for(|now| *now >= count);
    in_time("acknowledged writes", reached).await.expect("the ledger exists");
}

/// Four clients that create tasks and two that send messages, each on its own connection.
async fn clients(ledger: &Ledger, system: &System, round: usize) -> Vec<JoinHandle<()>> {
    let round = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"][round];
    let mut clients = Vec::new();
    for name in ["k", "l", "m", "n"] {
        let work = ledger.clone().write(system.tasks().await, format!("task {round}{name}"));
        clients.push(tokio::spawn(work));
    }
    for name in ["q", "z"] {
        let work =
            ledger.clone().send_messages(system.chats().await, format!("parcel {round}{name}"));
        clients.push(tokio::spawn(work));
    }
    clients
}
