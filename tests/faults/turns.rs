//! `kill -9` of chat, of task and of both, after each event of a turn with three tool calls, while nine other
//! turns run: 330 turns on each database. Every turn must end as if it had not been disturbed.

mod check;
mod mesh;
mod system;
mod turn;

use futures::future::join_all;
use tandem_test_support::postgres;
use tokio::join;

use self::check::check;
use self::system::{System, Victim};
use self::turn::{Client, Turn};

/// Number of events of an undisturbed turn: the start, text, two tool calls, a third one, text and the end.
const EVENTS: i64 = 10;

/// Number of concurrent turns, each in its own conversation.
const TURNS: usize = 10;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_turns_survive_kills() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = |service| format!("sqlite:{}", folder.path().join(service).display());
    kill_at_every_step(url("chat.db"), url("task.db")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_turns_survive_kills() {
    let (Some(chat), Some(task)) = (postgres::database(), postgres::database()) else { return };
    kill_at_every_step(chat, task).await;
}

async fn kill_at_every_step(chat: String, task: String) {
    let mut system = System::start(chat, task).await;
    let mut clients = Vec::new();
    for name in 0..TURNS {
        clients.push(Client::new(system.services(), name).await);
    }
    let mut turns = Vec::new();
    for moment in 1..=EVENTS + 1 {
        for victim in [Victim::Chat, Victim::Task, Victim::Both] {
            let services = system.services();
            let (first, others) = clients.split_first_mut().expect("clients");
            let (reached, seen) = tokio::sync::oneshot::channel();
            let first = first.turn(&services, Some((moment, reached)));
            let others = join_all(others.iter_mut().map(|client| client.turn(&services, None)));
            let kill = async {
                // If the turn ends before that event: at its end.
                let _ = seen.await;
                system.kill(victim).await;
            };
            let (first, others, ()) = join!(first, others, kill);
            turns.extend(others.into_iter().chain([first]));
        }
    }
    let disturbed = turns.iter().filter(|turn: &&Turn| turn.cuts > 0).count();
    assert!(disturbed >= turns.len() / 3, "disturbed turns: {disturbed} of {}", turns.len());
    check(&system, &clients, &turns).await;
}
