//! Query plans with 100,000 messages: a page is read along an index that has its order, and no further
//! than the page.

mod post_cost;
mod purge;
mod read_bytes;

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait as _, DbBackend, QueryTrait as _, Statement};
use tandem_aip::Direction;
use tandem_auth::Owner;
use tandem_clock::{Clock, Timestamp};
use tandem_database::{Database, Db as _, Settings};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::conversations::{insert_conversation, select_conversation_page};
use super::messages::{insert_message, select_candidates};
use super::search::{
    POSTGRES, POSTGRES_NEWEST, SQLITE, postgres_terms, search_statement, sqlite_terms,
};
use super::turns::{select_expired_leases, select_running_turn};
use super::{ConversationWriter, MessageQuery, Migrator};
use crate::domain::{Conversation, Message, Role};

const CONVERSATION: Uuid = Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001);

/// Half of the conversation ids are greater.
const MIDDLE: Uuid = Uuid::from_u128(1 << 127);

fn at(micros: i64) -> Timestamp {
    Timestamp::from_micros(micros)
}

fn alice() -> Owner {
    Owner::from_row("alice".to_owned())
}

fn query(word: &str) -> MessageQuery {
    MessageQuery { words: vec![word.to_owned()], conversation_id: None }
}

/// Alice has 2000 of 20,000 conversations, and in one of them 100,000 messages. Half of these match
/// `often`, and one in a thousand matches `seldom`.
async fn fill_database(db: &Database) {
    db.migrate::<Migrator>().await.expect("a schema");
    let terms = tandem_text_search::IndexKey::of_owner("alice").index_terms("often seldom");
    let [often, seldom] = &terms[..] else { panic!("two terms: {terms:?}") };
    let (often, seldom) = (often.as_str(), seldom.as_str());
    let statements = match db.backend() {
        DbBackend::Postgres => postgres_rows(often, seldom),
        _ => sqlite_rows(often, seldom),
    };
    for sql in statements {
        db.write(async move |tx| tx.execute_unprepared(&sql).await.db()).await.expect("rows");
    }
}

fn postgres_rows(often: &str, seldom: &str) -> Vec<String> {
    vec![
        format!(
            "INSERT INTO conversations SELECT gen_random_uuid(), \
             CASE WHEN n % 10 = 0 THEN 'alice' ELSE 'user-' || n END, '', 0, 0, 0, NULL, 1 \
             FROM generate_series(1, 20000) AS n; \
             INSERT INTO conversations VALUES ('{CONVERSATION}', 'alice', '', 100000, 0, 0, NULL, 1)"
        ),
        format!(
            "INSERT INTO messages (id, owner, conversation_id, sequence, turn_id, role, content, \
             metadata, tool_calls, incomplete, create_time) \
             SELECT gen_random_uuid(), 'alice', '{CONVERSATION}', n, '{CONVERSATION}', 1, 'x', '{{}}', '[]', false, 0 \
             FROM generate_series(1, 100000) AS n"
        ),
        format!(
            "INSERT INTO turns (id, owner, conversation_id, user_message_id, model, state, last_sequence, \
             lease, lease_expire_time, cancel_requested, model_calls, tool_calls, input_tokens, \
             output_tokens, create_time) SELECT gen_random_uuid(), owner, id, id, 'x', 1, 1, 1, 0, \
             false, 0, 0, 0, 0, 0 FROM conversations WHERE id <> '{CONVERSATION}' LIMIT 5000"
        ),
        format!(
            "INSERT INTO message_search SELECT row_id, array_to_tsvector(CASE \
             WHEN row_id % 1000 = 0 THEN ARRAY['{seldom}'] \
             WHEN row_id % 2 = 1 THEN ARRAY['{often}'] ELSE ARRAY['other'] END) FROM messages"
        ),
        "ANALYZE".to_owned(),
    ]
}

fn sqlite_rows(often: &str, seldom: &str) -> Vec<String> {
    let numbers = |last| {
        format!("WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {last})")
    };
    let conversation = CONVERSATION.simple();
    vec![
        format!(
            "INSERT INTO conversations {} \
             SELECT randomblob(16), iif(n % 10 = 0, 'alice', 'user-' || n), '', 0, 0, 0, NULL, 1 FROM n; \
             INSERT INTO conversations VALUES (x'{conversation}', 'alice', '', 100000, 0, 0, NULL, 1)",
            numbers(20_000)
        ),
        format!(
            "INSERT INTO messages (id, owner, conversation_id, sequence, turn_id, role, content, \
             metadata, tool_calls, incomplete, create_time) {} \
             SELECT randomblob(16), 'alice', x'{conversation}', n, x'{conversation}', 1, 'x', '{{}}', '[]', 0, 0 FROM n",
            numbers(100_000)
        ),
        format!(
            "INSERT INTO message_search (rowid, words) SELECT row_id, CASE \
             WHEN row_id % 1000 = 0 THEN '{seldom}' WHEN row_id % 2 = 1 THEN '{often}' \
             ELSE 'other' END FROM messages WHERE row_id <= 20000"
        ),
        "ANALYZE".to_owned(),
    ]
}

/// The query plan of a statement.
async fn explain_plan(db: &Database, statement: Statement) -> String {
    let (explain, column) = match db.backend() {
        DbBackend::Postgres => ("EXPLAIN (ANALYZE, TIMING OFF)", "QUERY PLAN"),
        _ => ("EXPLAIN QUERY PLAN", "detail"),
    };
    let sql = format!("{explain} {}", statement.sql);
    let values = statement.values.into_iter().flat_map(|values| values.0);
    let explain = Statement::from_sql_and_values(db.backend(), sql, values);
    let rows = db.reader().query_all_raw(explain).await.expect("a plan");
    let lines = rows.iter().map(|row| row.try_get::<String>("", column).expect("a line"));
    lines.collect::<Vec<_>>().join("\n")
}

/// The pages of lists, and the index that each must use.
fn list_queries(backend: DbBackend) -> Vec<(Statement, &'static str)> {
    let owner = alice();
    let mut lists = Vec::new();
    for direction in [Direction::Ascending, Direction::Descending] {
        for after in [None, Some(50_000)] {
            let page = select_candidates(backend, &owner, CONVERSATION, direction, after, 50);
            lists.push((page, "messages_by_sequence"));
        }
    }
    let running = select_running_turn(&owner, CONVERSATION);
    lists.push((running.build(backend), "turns_running"));
    lists.push((select_expired_leases(at(1), &[]).build(backend), "turns_by_lease"));
    for (show_deleted, after) in [(false, None), (true, None), (false, Some(MIDDLE))] {
        let page = select_conversation_page(&owner, show_deleted, after, 20);
        lists.push((page.build(backend), "conversations_by_owner"));
    }
    lists
}

#[tokio::test]
async fn sqlite_reads_pages_along_an_index() {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = Settings::sqlite(folder.path().join("chat.db"));
    let db = Database::open(&settings).await.expect("a database");
    fill_database(&db).await;
    for (statement, index) in list_queries(db.backend()) {
        let plan = explain_plan(&db, statement).await;
        assert!(plan.contains("SEARCH") && plan.contains(index), "{plan}");
        assert!(!plan.contains("TEMP B-TREE") && !plan.contains("SCAN"), "{plan}");
    }
    let terms = sqlite_terms(&alice(), &query("oft"));
    let plan =
        explain_plan(&db, search_statement(db.backend(), SQLITE, &alice(), terms, Some(9999), 20))
            .await;
    assert!(plan.starts_with("SCAN message_search VIRTUAL TABLE"), "{plan}");
    assert!(!plan.contains("TEMP B-TREE") && plan.matches("SCAN").count() == 1, "{plan}");
    db.close().await;
}

#[tokio::test]
async fn postgresql_reads_pages_along_an_index() {
    let Some(url) = tandem_test_support::postgres::database() else { return };
    let settings = Settings { url: url.as_str().into(), ..Settings::default() };
    let db = Database::open(&settings).await.expect("a database");
    fill_database(&db).await;
    for (statement, index) in list_queries(db.backend()) {
        let plan = explain_plan(&db, statement).await;
        assert!(plan.contains("Index Scan") && plan.contains(index), "{plan}");
        assert!(!plan.contains("Sort") && !plan.contains("Seq Scan"), "{plan}");
    }
    let search = |sql, word| {
        let terms = postgres_terms(&alice(), &query(word));
        explain_plan(&db, search_statement(db.backend(), sql, &alice(), terms, None, 20))
    };
    // Every second message matches: the newest 42 are read for a page of 20 and one extra row.
    let often = search(POSTGRES_NEWEST, "oft").await;
    assert!(often.contains("messages_by_owner") && !often.contains("Seq Scan"), "{often}");
    assert!(often.contains("rows=42 loops=1"), "{often}");
    let seldom = search(POSTGRES, "seld").await;
    assert!(seldom.contains("Bitmap Index Scan on message_search_by_words"), "{seldom}");
    assert!(!seldom.contains("Seq Scan") && seldom.contains("loops=21"), "{seldom}");
    db.close().await;
}

/// The number of messages in the search index.
async fn count_indexed(db: &Database) -> i64 {
    let sql = "SELECT count(*) AS count FROM message_search";
    let row = db.reader().query_one_raw(Statement::from_string(db.backend(), sql)).await;
    let row = row.expect("a result").expect("a row");
    row.try_get("", "count").expect("a count")
}

/// Purges a deleted conversation with three messages.
async fn purge_conversation(db: Database) {
    db.migrate::<Migrator>().await.expect("a schema");
    let message = |sequence| Message {
        id: Uuid::now_v7(),
        conversation_id: CONVERSATION,
        sequence,
        turn_id: CONVERSATION,
        role: Role::User,
        content: "often seldom".to_owned(),
        metadata: BTreeMap::new(),
        tool_calls: Vec::new(),
        incomplete: false,
        created: at(1),
    };
    let store = async move |tx: &_| {
        let mut conversation = Conversation::new(CONVERSATION, String::new(), at(1));
        conversation.delete(at(2));
        insert_conversation(tx, &alice(), &conversation).await?;
        for sequence in 1..=3 {
            insert_message(tx, &alice(), &message(sequence)).await?;
        }
        Ok(())
    };
    db.write(store).await.expect("messages");
    assert_eq!(count_indexed(&db).await, 3);
    let writer = ConversationWriter::new(db.clone(), Clock::fixed(at(4)));
    assert_eq!(writer.purge_deleted(at(3), &CancellationToken::new()).await.expect("a purge"), 1);
    assert_eq!(count_indexed(&db).await, 0);
    db.close().await;
}

#[tokio::test]
async fn purge_empties_the_search_index() {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = Settings::sqlite(folder.path().join("chat.db"));
    purge_conversation(Database::open(&settings).await.expect("a database")).await;
    if let Some(url) = tandem_test_support::postgres::database() {
        let settings = Settings { url: url.as_str().into(), ..Settings::default() };
        purge_conversation(Database::open(&settings).await.expect("a database")).await;
    }
}
