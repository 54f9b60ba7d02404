//! Fencing: after a takeover, nothing that the previous worker writes has an effect.

use std::collections::BTreeMap;
use std::time::Duration;

use tandem_auth::Owner;
use tandem_chat::domain::{Message, ModelResponse, Turn, TurnEvent, TurnProgress};
use tandem_chat::store::{
    self, JournalEntries, Lease, LeaseStatus, Migrator, NewTurn, StoredEvent, TurnEnd, TurnJournal,
    TurnOutcome,
};
use tandem_database::requests::Key;
use tempfile::TempDir;

use crate::harness::Database;
use crate::support::manual_clock::ManualClock;

/// The duration of a lease, in seconds.
const LEASE: u64 = 12;

/// A running turn that a second worker has taken over from the first.
struct TakenOverTurn {
    db: tandem_database::Database,
    journal: TurnJournal,
    clock: ManualClock,
    owner: Owner,
    conversation_id: uuid::Uuid,
    previous: Lease,
    current: Lease,
    _folder: TempDir,
}

/// All that a worker can write, but the lease.
type Written = (Turn, Vec<StoredEvent>, Vec<ModelResponse>, Vec<Message>);

impl TakenOverTurn {
    async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let settings = Database::current().create(folder.path(), "chat");
        let db = tandem_database::Database::open_migrated::<Migrator>(&settings).await;
        let (db, clock) = (db.expect("a database"), ManualClock::new());
        let duration = Duration::from_secs(LEASE);
        let journal = TurnJournal::new(db.clone(), clock.clock(), duration);
        let owner = Owner::from_row("alice".to_owned());
        let key = Key { request_id: String::new(), digest: [0; 32] };
        let new = NewTurn {
            conversation_id: None,
            content: "hello".to_owned(),
            metadata: BTreeMap::new(),
            model: "test".to_owned(),
        };
        let (started, _) = journal.start_turn(&owner, key, new).await.expect("a turn");
        let previous = Lease { turn_id: started.turn_id, number: Lease::FIRST };
        clock.advance(LEASE + 1);
        let taken = journal.take_over(&owner, previous).await.expect("an answer");
        let current = taken.expect("the lease has expired").lease;
        let conversation_id = started.conversation_id;
        Self { db, journal, clock, owner, conversation_id, previous, current, _folder: folder }
    }

    async fn written(&self) -> Written {
        let (db, owner, id) = (self.db.reader(), &self.owner, self.current.turn_id);
        let turn = store::find_turn(db, owner, id).await.expect("an answer").expect("the turn");
        let events = store::list_all_events(db, owner, id).await.expect("events");
        let responses = store::list_model_responses(db, owner, id).await.expect("responses");
        let messages = store::newest_messages(db, owner, self.conversation_id, None, 10).await;
        (turn, events, responses, messages.expect("messages"))
    }

    fn entries() -> JournalEntries {
        let events = vec![TurnEvent::Text("late".to_owned())];
        JournalEntries { first_sequence: 2, events, response: Some((1, ModelResponse::default())) }
    }

    fn end() -> TurnEnd {
        let mut progress = TurnProgress::default();
        progress.apply_event(&TurnEvent::Text("late".to_owned()));
        let (output, usage) = (progress.output().clone(), progress.usage());
        TurnEnd {
            outcome: TurnOutcome::Completed,
            unwritten: Vec::new(),
            output,
            usage,
            shares: Default::default(),
            is_cut: false,
        }
    }

    /// Whether the current lease has not expired.
    async fn is_leased(&self) -> bool {
        let now = tandem_clock::Timestamp::from_secs(self.clock.now().seconds);
        let expired = store::list_expired_leases(self.db.reader(), now, &[]).await.expect("leases");
        expired.is_empty()
    }
}

async fn previous_worker_appends_nothing() {
    let turn = TakenOverTurn::start().await;
    let before = turn.written().await;
    let append = |lease| turn.journal.append_entries(&turn.owner, lease, TakenOverTurn::entries());
    assert!(!append(turn.previous).await.expect("an answer"), "the lease is lost");
    assert_eq!(turn.written().await, before);
    assert!(append(turn.current).await.expect("an answer"), "the current worker can");
    // An earlier attempt to write the same is only the current worker's.
    assert!(!append(turn.previous).await.expect("an answer"), "the lease is lost");
}

async fn previous_worker_renews_nothing() {
    let turn = TakenOverTurn::start().await;
    turn.clock.advance(LEASE - 2);
    let renewed = turn.journal.renew_lease(&turn.owner, turn.previous).await;
    assert_eq!(renewed.expect("an answer"), LeaseStatus::Lost);
    let released = turn.journal.release_lease(&turn.owner, turn.previous).await;
    assert!(!released.expect("an answer") && turn.is_leased().await, "the current lease holds");
    turn.clock.advance(3);
    assert!(!turn.is_leased().await, "the current lease ends when it would have");
}

async fn previous_worker_takes_nothing_over() {
    let turn = TakenOverTurn::start().await;
    turn.clock.advance(LEASE + 1);
    let taken = turn.journal.take_over(&turn.owner, turn.previous).await;
    assert_eq!(taken.expect("an answer"), None);
    let taken = turn.journal.take_over(&turn.owner, turn.current).await.expect("an answer");
    assert_eq!(taken.expect("it has expired").lease.number, turn.current.number + 1);
}

async fn previous_worker_finishes_nothing() {
    let turn = TakenOverTurn::start().await;
    let before = turn.written().await;
    let finish = |lease| turn.journal.finish_turn(&turn.owner, lease, TakenOverTurn::end());
    assert!(!finish(turn.previous).await.expect("an answer"), "the lease is lost");
    assert_eq!(turn.written().await, before);
    assert!(finish(turn.current).await.expect("an answer"), "the current worker can");
    assert!(!finish(turn.previous).await.expect("an answer"), "the lease is lost");
}

database_tests! {
    tests:
        previous_worker_appends_nothing,
        previous_worker_renews_nothing,
        previous_worker_takes_nothing_over,
        previous_worker_finishes_nothing;
}
