//! The cost of a turn's first and last transaction, in steps of SQLite's virtual machine: it does not depend
//! on the length of the conversation.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sea_orm::{
    ConnectionTrait as _, DatabaseConnection, SqlxSqliteConnector, TransactionTrait as _,
};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use tandem_database::{Database, Settings};
use uuid::Uuid;

use super::{CONVERSATION, alice, at, fill_database};
use crate::domain::{ModelShares, TurnEvent, TurnProgress};
use crate::store::conversations::insert_conversation;
use crate::store::turn_journal::{insert_turn, write_end};
use crate::store::{Lease, NewTurn, TurnEnd, TurnOutcome};

const SHORT: Uuid = Uuid::from_u128(2);

/// A connection that counts its steps.
async fn open_counting(settings: &Settings) -> (DatabaseConnection, Arc<AtomicU64>) {
    let steps = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&steps);
    let pool = SqlitePoolOptions::new().max_connections(1).after_connect(move |db, _| {
        let counter = Arc::clone(&counter);
        Box::pin(async move {
            let count = move || counter.fetch_add(1, Ordering::Relaxed) < u64::MAX;
            db.lock_handle().await?.set_progress_handler(1, count);
            Ok(())
        })
    });
    let options = settings.url.expose().parse::<SqliteConnectOptions>().expect("a URL");
    let pool = pool.connect_with(options.foreign_keys(true)).await.expect("a database");
    (SqlxSqliteConnector::from_sqlx_sqlite_pool(pool), steps)
}

/// The steps of posting a message, and of ending its turn.
async fn count_steps(db: &DatabaseConnection, steps: &AtomicU64, conversation: Uuid) -> [u64; 2] {
    let tx = db.begin().await.expect("a transaction");
    let new = NewTurn {
        conversation_id: Some(conversation),
        content: "hello".to_owned(),
        metadata: BTreeMap::new(),
        model: "test".to_owned(),
    };
    let before = steps.load(Ordering::Relaxed);
    let started = insert_turn(&tx, &alice(), &new, (at(10), at(20))).await.expect("a turn");
    let posted = steps.load(Ordering::Relaxed);
    let lease = Lease { turn_id: started.turn_id, number: Lease::FIRST };
    let mut progress = TurnProgress::default();
    progress.apply_event(&TurnEvent::Text("Hello.".to_owned()));
    let (output, usage) = (progress.output().clone(), progress.usage());
    let (outcome, unwritten, shares) = (TurnOutcome::Completed, Vec::new(), ModelShares::default());
    let end = TurnEnd { outcome, unwritten, output, usage, shares, is_cut: false };
    assert!(write_end(&tx, &alice(), lease, &end, at(11)).await.expect("an end"));
    let ended = steps.load(Ordering::Relaxed);
    tx.rollback().await.expect("an end");
    [posted - before, ended - posted]
}

#[tokio::test]
async fn post_costs_the_same_in_long_conversations() {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = Settings::sqlite(folder.path().join("chat.db"));
    let db = Database::open(&settings).await.expect("a database");
    fill_database(&db).await;
    let short = crate::domain::Conversation {
        last_sequence: 0,
        ..crate::domain::Conversation::new(SHORT, "short".to_owned(), at(1))
    };
    db.write(async move |tx| {
        insert_conversation(tx, &alice(), &short).await?;
        let title = "UPDATE conversations SET title = 'long' WHERE last_sequence > 0";
        tandem_database::Db::db(tx.execute_unprepared(title).await)
    })
    .await
    .expect("a conversation");
    db.close().await;

    let (db, steps) = open_counting(&settings).await;
    let short = count_steps(&db, &steps, SHORT).await;
    let long = count_steps(&db, &steps, CONVERSATION).await;
    for (long, short) in long.into_iter().zip(short) {
        assert!(long * 10 <= short * 12, "{long} steps with 100,000 messages, {short} with none");
    }
}
