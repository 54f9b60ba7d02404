//! Clients that write until their server is gone, and a ledger of everything it acknowledged.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};

use futures::future::join_all;
use tandem_proto::chat::turn_event::Event;
use tandem_proto::chat::{FollowTurnRequest, ListMessagesRequest, Message};
use tandem_proto::task::Task;
use tandem_test_support::process::in_time;
use tokio::sync::watch;
use tonic::Status;

use crate::grpc::{self, Chats, Tasks, create, create_conversation, is_end, list, post};
use crate::system::System;

/// Acknowledged writes. Clones share them.
#[derive(Clone)]
pub(super) struct Ledger {
    entries: Arc<Mutex<Entries>>,
    count: watch::Sender<usize>,
}

#[derive(Default, Clone)]
struct Entries {
    tasks: Vec<Task>,
    /// The messages of each conversation.
    conversations: HashMap<String, Vec<Message>>,
    /// Started turns, and whether the client received the answer.
    turns: HashMap<String, bool>,
    /// Titles of tasks that an answer reported as added.
    added: Vec<String>,
}

impl Ledger {
    /// An empty ledger, and a receiver of its number of entries.
    pub(super) fn new() -> (Self, watch::Receiver<usize>) {
        let (count, receiver) = watch::channel(0);
        (Self { entries: Arc::default(), count }, receiver)
    }

    /// Creates tasks until the server is gone.
    pub(super) async fn write(self, mut tasks: Tasks, name: String) {
        for number in 0.. {
            match create(&mut tasks, &format!("{name} {number}")).await {
                Ok(task) => self.record(|entries| entries.tasks.push(task)),
                Err(_) => return,
            }
        }
    }

    /// Sends messages in one conversation until the server is gone.
    pub(super) async fn send_messages(self, mut chats: Chats, name: String) {
        let Ok(conversation) = create_conversation(&mut chats).await else { return };
        self.record(|entries| drop(entries.conversations.insert(conversation.clone(), Vec::new())));
        // Ends with the error of the stopped server; earlier acknowledgements are in the ledger.
        for number in 0.. {
            // Letters, because a number would refer to a task.
            let title = format!("{name}{}", "x".repeat(number + 1));
            if self.send_message(&mut chats, &conversation, &title).await.is_err() {
                return;
            }
        }
    }

    async fn send_message(
        &self,
        chats: &mut Chats,
        conversation: &str,
        title: &str,
    ) -> Result<(), Status> {
        let mut events = post(chats, conversation, &format!("add {title}")).await?;
        while let Some(event) = in_time("an event", events.message()).await? {
            let turn = event.turn_id;
            match event.event {
                Some(Event::Started(started)) => self.record(|entries| {
                    entries.turns.insert(turn, false);
                    entries.message(conversation, started.user_message);
                }),
                Some(Event::MessageCompleted(completed)) => self.record(|entries| {
                    entries.turns.insert(turn, true);
                    entries.message(conversation, completed.assistant_message);
                    entries.added.push(title.to_owned());
                }),
                Some(Event::Failed(_) | Event::Cancelled(_)) => panic!("{title}: no answer"),
                _ => {}
            }
        }
        Ok(())
    }

    fn record(&self, entry: impl FnOnce(&mut Entries)) {
        entry(&mut self.entries.lock().expect("no client panicked"));
        self.count.send_modify(|count| *count += 1);
    }

    fn entries(&self) -> Entries {
        self.entries.lock().expect("no client panicked").clone()
    }

    /// Checks that `system` has every entry exactly once.
    pub(super) async fn check(&self, system: &System) {
        let entries = self.entries();
        let stored = list(&mut system.tasks().await).await;
        let numbers = stored.iter().map(|task| task.number);
        assert!(numbers.eq(1..=stored.len() as i64), "numbers have no gaps: {stored:?}");
        for task in &entries.tasks {
            assert!(stored.contains(task), "is missing: {task:?}");
        }
        let titles = stored.iter().map(|task| task.title.as_str()).collect::<HashSet<_>>();
        assert_eq!(titles.len(), stored.len(), "no task is created twice: {stored:?}");
        for title in &entries.added {
            assert!(titles.contains(title.as_str()), "{title:?} was acknowledged");
        }
        let mut chats = system.chats().await;
        for (conversation, messages) in &entries.conversations {
            check_messages(&mut chats, conversation, messages).await;
        }
    }

    /// Waits until every turn ends; turns whose answer was received must be completed.
    pub(super) async fn check_turns(&self, system: &System) {
        let turns = self.entries().turns;
        assert!(!turns.is_empty());
        let chats = system.chats().await;
        let ends = turns.into_iter().map(|(turn, completed)| {
            let mut chats = chats.clone();
            async move {
                let request = FollowTurnRequest { id: turn, ..FollowTurnRequest::default() };
                let events = chats.follow_turn(request).await.expect("the turn is there");
                let all = grpc::events_until(&mut events.into_inner(), is_end).await;
                let sequences = all.iter().map(|event| event.sequence);
                assert!(sequences.eq(1..=all.len() as i64), "{all:?}");
                let last = all.last().and_then(|last| last.event.as_ref());
                let is_answer = matches!(last, Some(Event::MessageCompleted(_)));
                assert!(is_answer || !completed, "the answer is lost: {all:?}");
            }
        });
        join_all(ends).await;
    }
}

impl Entries {
    fn message(&mut self, conversation: &str, message: Option<Message>) {
        let messages = self.conversations.get_mut(conversation).expect("it was started");
        messages.push(message.expect("the event has its message"));
    }
}

async fn check_messages(chats: &mut Chats, conversation: &str, acknowledged: &[Message]) {
    let request = ListMessagesRequest {
        conversation_id: conversation.to_owned(),
        page_size: 500,
        ..ListMessagesRequest::default()
    };
    let stored = in_time("the messages", chats.list_messages(request)).await;
    let stored = stored.expect("the conversation is there").into_inner().messages;
    let sequences = stored.iter().map(|message| message.sequence);
    assert!(sequences.eq(1..=stored.len() as i64), "sequence numbers have no gaps: {stored:?}");
    for message in acknowledged {
        assert!(stored.contains(message), "is missing: {message:?}");
    }
}
