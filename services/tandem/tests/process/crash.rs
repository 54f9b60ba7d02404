//! `kill -9`, and a new start on the same folder: what was acknowledged is there, once.

mod ledger;

use std::time::Duration;

use tandem_proto::chat::{CreateMessageRequest, GetTurnRequest, TurnState};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tonic::Code;

use crate::grpc::{list, post};
use crate::output::{in_time, within};
use crate::stop::{HeldTurn, end_of};
use crate::system::System;
use ledger::Ledger;

/// How often the process is killed.
const KILLS: usize = 10;

/// How long a turn may take to end whose process is gone: its lease, and the next look for such.
const TAKEN_OVER: Duration = Duration::from_secs(20);

#[tokio::test]
async fn everything_acknowledged_survives_ten_kills_with_writes_in_flight() {
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
    within(TAKEN_OVER, "the end of every turn", ends).await;
}

#[tokio::test]
async fn a_turn_that_ran_when_the_process_was_killed_goes_on_and_does_everything_once() {
    let data = tempfile::tempdir().expect("a folder");
    let system = System::start(data.path()).await;
    let turn = HeldTurn::begin(&mut system.chats().await, data.path()).await;
    system.kill().await;
    turn.lock.release().await;

    let system = System::start(data.path()).await;
    let mut chats = system.chats().await;
    let refused = post(&mut chats, &turn.conversation, "hello").await.expect_err("it is held");
    assert_eq!(refused.code(), Code::Aborted, "{refused:?}");
    let answer = within(TAKEN_OVER, "the end", end_of(&mut chats, &turn.id)).await;
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
    in_time("acknowledged writes", reached).await.expect("the ledger is there");
}

/// Four clients that create tasks and two that talk, each on a connection of its own.
async fn clients(ledger: &Ledger, system: &System, round: usize) -> Vec<JoinHandle<()>> {
    let round = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"][round];
    let mut clients = Vec::new();
    for name in ["k", "l", "m", "n"] {
        let work = ledger.clone().write(system.tasks().await, format!("task {round}{name}"));
        clients.push(tokio::spawn(work));
    }
    for name in ["q", "z"] {
        let work = ledger.clone().talk(system.chats().await, format!("parcel {round}{name}"));
        clients.push(tokio::spawn(work));
    }
    clients
}
