//! Many turns whose process is gone, and the number of turns that a process runs.

use std::collections::BTreeMap;
use std::time::Duration;

use sea_orm::{ConnectionTrait as _, Statement};
use tandem_auth::Owner;
use tandem_chat::Settings;
use tandem_chat::store::{NewTurn, TurnJournal};
use tandem_clock::{Clock, Timestamp};
use tandem_config::HumanDuration;
use tandem_database::requests::Key;
use tandem_database::{Database, Db as _};
use tandem_proto::chat::{ChatRequest, CreateMessageRequest, Turn, TurnState};
use tokio::time::{interval, timeout};
use tonic::Code;
use tonic_types::StatusExt as _;
use uuid::Uuid;

use crate::support::app::{App, Start};
use crate::support::controlled_model::{controlled_model, scripted, text};
use crate::support::refusal::{reason, refused};
use crate::support::stub_tasks::LIMIT;
use crate::support::test_conversation::{TestConversation, answer, begin};

/// The turns of a process that is gone, whose leases have expired.
struct Orphans {
    db: Database,
    ids: Vec<Uuid>,
}

impl Orphans {
    async fn new(app: &App, count: usize) -> Self {
        let db = Database::open(app.chat_database()).await.expect("a database");
        let minute_ago = Timestamp::from_secs(Clock::system().now().as_micros() / 1_000_000 - 60);
        let clock = Clock::fixed(minute_ago);
        let journal = TurnJournal::new(db.clone(), clock, Duration::from_secs(1));
        let mut ids = Vec::new();
        for _ in 0..count {
            let key = Key { request_id: String::new(), digest: [0; 32] };
            let new = NewTurn {
                conversation_id: None,
                content: "hello".to_owned(),
                metadata: BTreeMap::new(),
                model: String::new(),
            };
            let owner = Owner::from_row("alice".to_owned());
            ids.push(journal.start_turn(&owner, key, new).await.expect("a turn").0.turn_id);
        }
        Self { db, ids }
    }

    /// Makes the first `count` of them unreadable.
    async fn corrupt(&self, count: usize) {
        for id in self.ids[..count].iter().copied() {
            let backend = self.db.backend();
            self.db
                .write(async move |tx| {
                    let sql = "UPDATE turn_events SET event = '{\"Unknown\":1}' WHERE turn_id = $1";
                    let update = Statement::from_sql_and_values(backend, sql, [id.into()]);
                    tx.execute_raw(update).await.db()
                })
                .await
                .expect("a corrupt event");
        }
    }

    /// Waits until the turns after the first `skipped` have ended.
    async fn wait_for_end(&self, conversation: &TestConversation, skipped: usize) -> Vec<Turn> {
        let mut again = interval(Duration::from_millis(50));
        let ended = async {
            let mut turns = Vec::new();
            for id in &self.ids[skipped..] {
                loop {
                    let turn = conversation.turn(&id.to_string()).await;
                    if turn.state() != TurnState::Running {
                        turns.push(turn);
                        break;
                    }
                    again.tick().await;
                }
            }
            turns
        };
        timeout(LIMIT, ended).await.expect("all are taken over at once")
    }
}

/// A lease so long that the next check for expired ones comes after the test.
fn long_lease(settings: &mut Settings) {
    settings.agent.lease_duration = HumanDuration::from_mins(20);
}

async fn all_are_taken_over_at_once() {
    let model = scripted(|_| vec![text("Done.")]);
    let start = Start { model, chat: long_lease, ..Start::default() };
    let conversation = TestConversation::start(start).await;
    let orphans = Orphans::new(&conversation.app, 250).await;
    // More than one query returns cannot be resumed, and come first.
    orphans.corrupt(120).await;
    let replica = conversation.app.chat_replica().await;
    let turns = orphans.wait_for_end(&conversation, 120).await;
    assert!(turns.iter().all(|turn| turn.state() == TurnState::Completed));
    replica.stop().await;
}

async fn recovery_keeps_to_the_limit() {
    let (model, mut model_calls) = controlled_model();
    let chat = |settings: &mut Settings| {
        long_lease(settings);
        settings.agent.running_turns = 1;
    };
    let start = Start { model, chat, ..Start::default() };
    let conversation = TestConversation::start(start).await;
    let orphans = Orphans::new(&conversation.app, 3).await;
    let replica = conversation.app.chat_replica().await;
    for _ in 0..3 {
        let model_call = model_calls.next().await;
        let refusal = replica_post(&conversation.app, &replica.url).await;
        assert_eq!(refusal, (Code::Unavailable, "OVERLOADED".to_owned()));
        assert!(model_calls.is_empty(), "one at a time");
        model_call.answer("Done.");
    }
    orphans.wait_for_end(&conversation, 0).await;
    replica.stop().await;
}

/// The refusal of a message that is posted at a replica.
async fn replica_post(app: &App, url: &str) -> (Code, String) {
    let request = ChatRequest { message: "hello".to_owned(), ..ChatRequest::default() };
    let refusal = refused(app.chat_at(url, "bob").await.chat(request).await);
    reason(&refusal)
}

async fn running_turns_are_bounded() {
    let (model, mut model_calls) = controlled_model();
    let chat = |settings: &mut Settings| settings.agent.running_turns = 1;
    let conversation = TestConversation::start(Start { model, chat, ..Start::default() }).await;
    let request =
        CreateMessageRequest { request_id: "once".to_owned(), ..conversation.message("hello") };
    let posted = conversation.post(request.clone());
    let model_call = model_calls.next().await;

    let other = begin(&conversation.chat).await;
    for request_id in ["", "other"] {
        let request = CreateMessageRequest {
            conversation_id: other.clone(),
            content: "hello".to_owned(),
            request_id: request_id.to_owned(),
            ..CreateMessageRequest::default()
        };
        let refusal = refused(conversation.chat.clone().create_message(request).await);
        assert_eq!(reason(&refusal), (Code::Unavailable, "OVERLOADED".to_owned()));
        assert!(refusal.get_details_retry_info().is_some(), "nothing is stored");
    }
    // A repeat only waits for the turn that runs.
    let again = conversation.post(request);
    model_call.answer("Hello.");
    assert_eq!(answer(posted).await, answer(again).await);

    let posted = conversation.post(conversation.message("and now?"));
    model_calls.next().await.answer("Now.");
    let now = answer(posted).await.assistant_message.expect("an answer");
    assert_eq!((now.content.as_str(), now.sequence), ("Now.", 4));
}

database_tests! {
    tests:
        recovery_keeps_to_the_limit,
        running_turns_are_bounded;
    two_threads:
        all_are_taken_over_at_once;
}
