//! The purge of deleted conversations: in slices, one conversation after the other.

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait as _, DbBackend, Statement};
use tandem_clock::Clock;
use tandem_database::requests::Key;
use tandem_database::{Database, Db as _, Settings};
use tandem_error::Error;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{alice, at};
use crate::domain::{Conversation, Message, Role};
use crate::store::conversations::insert_conversation;
use crate::store::messages::insert_message;
use crate::store::{ConversationWriter, Migrator, find_conversation};

/// Databases of both kinds.
async fn databases(folder: &tempfile::TempDir) -> Vec<Database> {
    let mut settings = vec![Settings::sqlite(folder.path().join("chat.db"))];
    let postgres = tandem_test_support::postgres::database();
    settings
        .extend(postgres.map(|url| Settings { url: url.as_str().into(), ..Settings::default() }));
    let mut databases = Vec::new();
    for settings in settings {
        databases.push(Database::open_migrated::<Migrator>(&settings).await.expect("a database"));
    }
    databases
}

fn message(conversation_id: Uuid, sequence: i64) -> Message {
    Message {
        id: Uuid::now_v7(),
        conversation_id,
        sequence,
        turn_id: Uuid::nil(),
        role: Role::User,
        content: "often seldom".to_owned(),
        metadata: BTreeMap::new(),
        tool_calls: Vec::new(),
        incomplete: false,
        created: at(1),
    }
}

/// A conversation with messages, deleted at `deleted`.
async fn insert_deleted(db: &Database, title: &str, messages: i64, deleted: i64) -> Uuid {
    let mut conversation = Conversation::new(Uuid::now_v7(), title.to_owned(), at(1));
    conversation.delete(at(deleted));
    let id = conversation.id;
    db.write(async move |tx| {
        insert_conversation(tx, &alice(), &conversation).await?;
        for sequence in 1..=messages {
            insert_message(tx, &alice(), &message(id, sequence)).await?;
        }
        Ok(())
    })
    .await
    .expect("a conversation");
    id
}

async fn count(db: &Database, table: &str) -> i64 {
    let sql = format!("SELECT count(*) AS count FROM {table}");
    let row = db.reader().query_one_raw(Statement::from_string(db.backend(), sql)).await;
    row.expect("a result").expect("a row").try_get("", "count").expect("a count")
}

/// Refuses to delete conversations with the title `bad`.
async fn plant_bad_rows(db: &Database) {
    let sql = match db.backend() {
        DbBackend::Postgres => {
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
             RAISE EXCEPTION 'bad'; END $$; CREATE TRIGGER bad BEFORE DELETE ON conversations \
             FOR EACH ROW WHEN (old.title = 'bad') EXECUTE FUNCTION refuse()"
        }
        _ => {
            "CREATE TRIGGER bad BEFORE DELETE ON conversations WHEN old.title = 'bad' BEGIN \
             SELECT RAISE(ABORT, 'bad'); END"
        }
    };
    db.write(async move |tx| tx.execute_unprepared(sql).await.db()).await.expect("a trigger");
}

#[tokio::test]
async fn long_conversation_is_purged_in_slices() {
    let folder = tempfile::tempdir().expect("a folder");
    for db in databases(&folder).await {
        insert_deleted(&db, "", 1_000, 2).await;
        let writer = ConversationWriter::new(db.clone(), Clock::fixed(at(4)));
        let before = db.commit_count();
        let purged = writer.purge_deleted(at(3), &CancellationToken::new()).await;
        assert_eq!(purged.expect("a purge"), 1);
        let slices = db.commit_count() - before;
        assert!(slices >= 5, "1,000 messages in {slices} transactions");
        for table in ["conversations", "messages", "message_search"] {
            assert_eq!(count(&db, table).await, 0, "{table}");
        }
        db.close().await;
    }
}

#[tokio::test]
async fn purge_goes_on_after_a_bad_row() {
    let folder = tempfile::tempdir().expect("a folder");
    for db in databases(&folder).await {
        plant_bad_rows(&db).await;
        for _ in 0..120 {
            insert_deleted(&db, "bad", 0, 2).await;
        }
        insert_deleted(&db, "good", 3, 3).await;
        let writer = ConversationWriter::new(db.clone(), Clock::fixed(at(9)));
        let purged = writer.purge_deleted(at(8), &CancellationToken::new()).await;
        assert_eq!(purged.expect("a purge"), 1);
        assert_eq!((count(&db, "conversations").await, count(&db, "messages").await), (120, 0));
        db.close().await;
    }
}

#[tokio::test]
async fn begun_purge_cannot_be_undone() {
    let folder = tempfile::tempdir().expect("a folder");
    for db in databases(&folder).await {
        plant_bad_rows(&db).await;
        let id = insert_deleted(&db, "bad", 250, 5).await;
        let writer = ConversationWriter::new(db.clone(), Clock::fixed(at(9)));
        let purged = writer.purge_deleted(at(8), &CancellationToken::new()).await;
        assert_eq!(purged.expect("a purge"), 0);
        assert_eq!(count(&db, "messages").await, 50);
        let key = Key { request_id: String::new(), digest: [0; 32] };
        let undelete = |conversation: &mut Conversation, now| {
            conversation.undelete(now);
            Ok(())
        };
        let target = (id, String::new());
        let undeleted = writer.change_conversation(&alice(), key, target, undelete).await;
        assert!(matches!(undeleted, Err(Error::Denied)));
        let found = find_conversation(db.reader(), &alice(), id).await.expect("an answer");
        assert!(found.is_some_and(|it| it.deleted.is_some()));
        db.close().await;
    }
}

#[tokio::test]
async fn purge_stops_with_the_service() {
    let folder = tempfile::tempdir().expect("a folder");
    for db in databases(&folder).await {
        insert_deleted(&db, "", 1, 2).await;
        let writer = ConversationWriter::new(db.clone(), Clock::fixed(at(4)));
        let stop = CancellationToken::new();
        stop.cancel();
        assert_eq!(writer.purge_deleted(at(3), &stop).await.expect("a purge"), 0);
        assert_eq!(count(&db, "conversations").await, 1);
        db.close().await;
    }
}
