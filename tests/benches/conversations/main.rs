//! Long conversations: what a turn's transactions cost with 20 and with 50,000 messages, and how long they
//! wait while a conversation of 100,000 messages is purged.
//!
//! `cargo bench -p tandem-tests --bench conversations -- --posts 500 --only sqlite`

#[path = "../measure/mod.rs"]
#[allow(dead_code)] // Each benchmark uses some of it.
mod measure;

mod fill;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use measure::database::Place;
use measure::options::option;
use measure::process;
use measure::table::say;
use tandem_auth::Owner;
use tandem_chat::domain::{TurnEvent, TurnProgress};
use tandem_chat::store::{
    ConversationWriter, Lease, Migrator, NewTurn, TurnEnd, TurnJournal, TurnOutcome,
};
use tandem_clock::Clock;
use tandem_database::Database;
use tandem_database::requests::Key;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

const SHORT: Uuid = Uuid::from_u128(1);
const LONG: Uuid = Uuid::from_u128(2);
const DELETED: Uuid = Uuid::from_u128(3);

fn main() {
    process::runtime().block_on(async {
        for place in Place::all().await {
            bench(&place).await;
        }
    });
}

async fn bench(place: &Place) {
    let posts = option("--posts", 500);
    let db = Database::open_migrated::<Migrator>(&place.settings).await.expect("a database");
    for (id, messages) in [(SHORT, 20), (LONG, 50_000), (DELETED, 100_000)] {
        fill::fill(&db, id, messages, id == DELETED).await;
    }
    let poster = Poster::new(&db);
    for id in [SHORT, LONG] {
        poster.turn(id).await;
    }
    let (mut short, mut long) = (Vec::new(), Vec::new());
    for _ in 0..posts {
        // The short one is as short each time.
        short.push(poster.new_conversation().await);
        long.push(poster.turn(LONG).await);
    }
    let (short, long) = (median(&mut short), median(&mut long));
    say(&format!(
        "{}: a turn's two transactions take {short:.2?} in a new conversation, {long:.2?} after 50,000 \
         messages: {:.2} times",
        place.name,
        long.as_secs_f64() / short.as_secs_f64()
    ));
    purge(place.name, &db, &poster).await;
    db.close().await;
}

/// Purges the deleted conversation while turns go on.
async fn purge(name: &str, db: &Database, poster: &Poster) {
    let mut alone = Vec::new();
    for _ in 0..200 {
        alone.push(poster.turn(SHORT).await);
    }
    let writer = ConversationWriter::new(db.clone(), Clock::system());
    let (begin, now) = (Instant::now(), Clock::system().now());
    let before = db.commit_count();
    let purge = tokio::spawn(async move {
        let stop = CancellationToken::new();
        let purged = writer.purge_deleted(now, &stop).await.expect("a purge");
        (purged, begin.elapsed())
    });
    let mut during = Vec::new();
    while !purge.is_finished() {
        during.push(poster.turn(SHORT).await);
    }
    let commits = db.commit_count() - before;
    let (purged, duration) = purge.await.expect("no panic");
    assert_eq!(purged, 1);
    let longest = |times: &[Duration]| times.iter().max().copied().unwrap_or_default();
    say(&format!(
        "{name}: 100,000 messages are purged in {duration:.1?}, {commits} commits with those of {} turns; a \
         turn's two transactions take at most {:.1?} meanwhile, {:.1?} without it",
        during.len(),
        longest(&during),
        longest(&alone)
    ));
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// Posts messages as the agent does.
struct Poster {
    journal: TurnJournal,
    owner: Owner,
}

impl Poster {
    fn new(db: &Database) -> Self {
        let journal = TurnJournal::new(db.clone(), Clock::system(), Duration::from_secs(12));
        Self { journal, owner: Owner::from_row("alice".to_owned()) }
    }

    /// Starts and ends a turn; returns the time of both transactions.
    async fn turn(&self, conversation: Uuid) -> Duration {
        self.post(Some(conversation)).await.1
    }

    /// The same for the second turn of a new conversation.
    async fn new_conversation(&self) -> Duration {
        let (conversation, _) = self.post(None).await;
        self.post(Some(conversation)).await.1
    }

    async fn post(&self, conversation_id: Option<Uuid>) -> (Uuid, Duration) {
        let (key, begin) = (Key { request_id: String::new(), digest: [0; 32] }, Instant::now());
        let new = NewTurn {
            conversation_id,
            content: "hello".to_owned(),
            metadata: BTreeMap::new(),
            model: "test".to_owned(),
        };
        let (started, _) = self.journal.start_turn(&self.owner, key, new).await.expect("a turn");
        let mut progress = TurnProgress::default();
        progress.apply_event(&TurnEvent::Text("Hello.".to_owned()));
        let (output, usage) = (progress.output().clone(), progress.usage());
        let end = TurnEnd {
            outcome: TurnOutcome::Completed,
            unwritten: Vec::new(),
            output,
            usage,
            shares: Default::default(),
            is_cut: false,
        };
        let lease = Lease { turn_id: started.turn_id, number: Lease::FIRST };
        assert!(self.journal.finish_turn(&self.owner, lease, end).await.expect("an end"));
        (started.conversation_id, begin.elapsed())
    }
}
