//! What a page and a prompt read of long messages: what they return, and no more.

use std::collections::BTreeMap;

use tandem_aip::Direction;
use tandem_aip::page::PageLimits;
use tandem_database::{Database, Settings};
use tandem_test_support::counting_connection::CountingConnection;
use uuid::Uuid;

use super::{CONVERSATION, alice, at, query};
use crate::domain::{Conversation, Message, Role};
use crate::store::conversations::insert_conversation;
use crate::store::messages::insert_message;
use crate::store::{Migrator, list_messages, newest_messages, search_messages};

/// A message has 20,000 characters, and there are more of them than the largest page has.
const LENGTH: usize = 20_000;
const COUNT: i64 = 600;

/// What fits into a message of the API.
const PAGE_BYTES: usize = 512 * 1024;

fn long_message(sequence: i64) -> Message {
    Message {
        id: Uuid::now_v7(),
        conversation_id: CONVERSATION,
        sequence,
        turn_id: CONVERSATION,
        role: Role::User,
        content: format!("often {}", "x".repeat(LENGTH - 6)),
        metadata: BTreeMap::new(),
        tool_calls: Vec::new(),
        incomplete: false,
        created: at(1),
    }
}

async fn fill(db: &Database) {
    db.migrate::<Migrator>().await.expect("a schema");
    let store = async |tx: &_| {
        insert_conversation(tx, &alice(), &Conversation::new(CONVERSATION, String::new(), at(1)))
            .await?;
        for sequence in 1..=COUNT {
            insert_message(tx, &alice(), &long_message(sequence)).await?;
        }
        Ok(())
    };
    db.write(store).await.expect("messages");
}

async fn reads_are_bounded(settings: Settings) {
    let db = Database::open(&settings).await.expect("a database");
    fill(&db).await;
    let counted = CountingConnection::new(db.reader().clone());
    for direction in [Direction::Ascending, Direction::Descending] {
        let limits = PageLimits::items(500);
        let page = list_messages(&counted, &alice(), CONVERSATION, direction, None, limits).await;
        let page = page.expect("a page");
        assert_eq!((page.messages.len(), page.next.is_some()), (PAGE_BYTES / LENGTH, true));
        let read = counted.take_bytes();
        assert!(read <= PAGE_BYTES + PAGE_BYTES / 10, "{read}");
    }
    let newest = newest_messages(&counted, &alice(), CONVERSATION, None, 20).await;
    let sequences = newest.expect("messages").iter().map(|it| it.sequence).collect::<Vec<_>>();
    assert_eq!(sequences, (581..=600).collect::<Vec<_>>());
    let read = counted.take_bytes();
    assert!(read <= 22 * LENGTH, "{read}");
    let found =
        search_messages(&counted, &alice(), &query("oft"), None, 100).await.expect("a page");
    assert_eq!((found.messages.len(), found.next.is_some()), (PAGE_BYTES / LENGTH, true));
    let read = counted.take_bytes();
    assert!(read <= PAGE_BYTES + PAGE_BYTES / 10, "{read}");
    db.close().await;
}

#[tokio::test]
async fn sqlite_reads_what_it_returns() {
    let folder = tempfile::tempdir().expect("a folder");
    reads_are_bounded(Settings::sqlite(folder.path().join("chat.db"))).await;
}

#[tokio::test]
async fn postgresql_reads_what_it_returns() {
    let Some(url) = tandem_test_support::postgres::database() else { return };
    reads_are_bounded(Settings { url: url.as_str().into(), ..Settings::default() }).await;
}
