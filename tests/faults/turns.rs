//! `kill -9` of chat, of task, and of both, after each event of a turn with three tool calls, while nine
//! other turns are wherever they are: 330 turns on each database. Every turn ends as if nothing had
//! happened.

mod check;
mod process;
mod system;
mod turn;

use futures::future::join_all;
use tandem_test_support::postgres;
use tokio::join;

use self::check::check;
use self::system::{System, Victim};
use self::turn::{Client, Turn};

/// The events of an undisturbed turn: it starts, says so, begins and ends two calls, then a third, and
/// says that it is done.
const EVENTS: i64 = 10;

/// Turns that run at once, each in a conversation of its own.
const TURNS: usize = 10;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_sqlite_every_turn_ends_and_does_everything_once_whoever_dies() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = |service| format!("sqlite:{}", folder.path().join(service).display());
    kill_at_every_step(url("chat.db"), url("task.db")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_postgres_every_turn_ends_and_does_everything_once_whoever_dies() {
    let (Some(chat), Some(task)) = (postgres::database(), postgres::database()) else { return };
    kill_at_every_step(chat, task).await;
}

async fn kill_at_every_step(chat: String, task: String) {
    let mut system = System::start(chat, task).await;
    let mut clients = Vec::new();
    for name in 0..TURNS {
        clients.push(Client::new(system.line(), name).await);
    }
    let mut turns = Vec::new();
    for moment in 1..=EVENTS + 1 {
        for victim in [Victim::Chat, Victim::Task, Victim::Both] {
            let line = system.line();
            let (first, others) = clients.split_first_mut().expect("clients");
            let (told, seen) = tokio::sync::oneshot::channel();
            let first = first.turn(&line, Some((moment, told)));
            let others = join_all(others.iter_mut().map(|client| client.turn(&line, None)));
            let strike = async {
                // Where a turn ends before that event, at its end.
                let _ = seen.await;
                system.kill(victim).await;
            };
            let (first, others, ()) = join!(first, others, strike);
            turns.extend(others.into_iter().chain([first]));
        }
    }
    let disturbed = turns.iter().filter(|turn: &&Turn| turn.cuts > 0).count();
    assert!(disturbed >= turns.len() / 3, "the kills hit: {disturbed} of {}", turns.len());
    check(&system, &clients, &turns).await;
}
