//! How the databases find a page among 100,000 messages: by an index that holds them in order, reading
//! no more than the page.

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait as _, DbBackend, QueryTrait as _, Statement};
use tandem_aip::Direction;
use tandem_auth::Owner;
use tandem_clock::{Clock, Timestamp};
use tandem_database::{Database, Db as _, Settings};
use uuid::Uuid;

use super::search::{POSTGRES, POSTGRES_NEWEST, SQLITE, postgres_terms, select, sqlite_terms};
use super::{Door, Migrator, Sought, conversations, messages};
use crate::domain::{Conversation, Message, Role};

const TALK: Uuid = Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001);

/// Half of the conversations come behind it.
const MIDDLE: Uuid = Uuid::from_u128(1 << 127);

fn at(micros: i64) -> Timestamp {
    Timestamp::from_micros(micros)
}

fn alice() -> Owner {
    Owner::from_row("alice".to_owned())
}

fn sought(word: &str) -> Sought {
    Sought { words: vec![word.to_owned()], conversation_id: None }
}

/// Alice has 2000 conversations of 20,000, and in one of them 100,000 messages; half of these are found by
/// `often`, and one in a thousand by `seldom`.
async fn fill(db: &Database) {
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
             INSERT INTO conversations VALUES ('{TALK}', 'alice', '', 100000, 0, 0, NULL, 1)"
        ),
        format!(
            "INSERT INTO messages (id, owner, conversation_id, sequence, turn_id, role, content, \
             metadata, tool_calls, incomplete, create_time) \
             SELECT gen_random_uuid(), 'alice', '{TALK}', n, '{TALK}', 1, 'x', '{{}}', '[]', false, 0 \
             FROM generate_series(1, 100000) AS n"
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
    let talk = TALK.simple();
    vec![
        format!(
            "INSERT INTO conversations {} \
             SELECT randomblob(16), iif(n % 10 = 0, 'alice', 'user-' || n), '', 0, 0, 0, NULL, 1 FROM n; \
             INSERT INTO conversations VALUES (x'{talk}', 'alice', '', 100000, 0, 0, NULL, 1)",
            numbers(20_000)
        ),
        format!(
            "INSERT INTO messages (id, owner, conversation_id, sequence, turn_id, role, content, \
             metadata, tool_calls, incomplete, create_time) {} \
             SELECT randomblob(16), 'alice', x'{talk}', n, x'{talk}', 1, 'x', '{{}}', '[]', 0, 0 FROM n",
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

/// The plan of a statement.
async fn plan(db: &Database, statement: Statement) -> String {
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

/// The pages that lists ask for, and the index that each is read from.
fn lists(backend: DbBackend) -> Vec<(Statement, &'static str)> {
    let owner = alice();
    let mut lists = Vec::new();
    for direction in [Direction::Ascending, Direction::Descending] {
        for after in [None, Some(50_000)] {
            let page = messages::page_of_messages(&owner, TALK, direction, after, 50);
            lists.push((page.build(backend), "messages_by_sequence"));
        }
    }
    for (show_deleted, after) in [(false, None), (true, None), (false, Some(MIDDLE))] {
        let page = conversations::page_of_conversations(&owner, show_deleted, after, 20);
        lists.push((page.build(backend), "conversations_by_owner"));
    }
    lists
}

#[tokio::test]
async fn sqlite_reads_a_page_in_the_order_of_an_index() {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = Settings::sqlite(folder.path().join("chat.db"));
    let db = Database::open(&settings).await.expect("a database");
    fill(&db).await;
    for (statement, index) in lists(db.backend()) {
        let plan = plan(&db, statement).await;
        assert!(plan.contains("SEARCH") && plan.contains(index), "{plan}");
        assert!(!plan.contains("TEMP B-TREE") && !plan.contains("SCAN"), "{plan}");
    }
    let terms = sqlite_terms(&alice(), &sought("oft"));
    let plan = plan(&db, select(db.backend(), SQLITE, &alice(), terms, Some(9999), 20)).await;
    assert!(plan.starts_with("SCAN message_search VIRTUAL TABLE"), "{plan}");
    assert!(!plan.contains("TEMP B-TREE") && plan.matches("SCAN").count() == 1, "{plan}");
    db.close().await;
}

#[tokio::test]
async fn postgresql_reads_a_page_in_the_order_of_an_index() {
    let Some(url) = tandem_test_support::postgres::database() else { return };
    let settings = Settings { url: url.as_str().into(), ..Settings::default() };
    let db = Database::open(&settings).await.expect("a database");
    fill(&db).await;
    for (statement, index) in lists(db.backend()) {
        let plan = plan(&db, statement).await;
        assert!(plan.contains("Index Scan") && plan.contains(index), "{plan}");
        assert!(!plan.contains("Sort") && !plan.contains("Seq Scan"), "{plan}");
    }
    let search = |sql, word| {
        let terms = postgres_terms(&alice(), &sought(word));
        plan(&db, select(db.backend(), sql, &alice(), terms, None, 20))
    };
    // The word is in every second message: of the newest ones 42 are read for a page of 20 and one.
    let often = search(POSTGRES_NEWEST, "oft").await;
    assert!(often.contains("messages_by_owner") && !often.contains("Seq Scan"), "{often}");
    assert!(often.contains("rows=42 loops=1"), "{often}");
    let seldom = search(POSTGRES, "seld").await;
    assert!(seldom.contains("Bitmap Index Scan on message_search_by_words"), "{seldom}");
    assert!(!seldom.contains("Seq Scan") && seldom.contains("loops=21"), "{seldom}");
    db.close().await;
}

/// How many messages the index holds.
async fn indexed(db: &Database) -> i64 {
    let sql = "SELECT count(*) AS count FROM message_search";
    let row = db.reader().query_one_raw(Statement::from_string(db.backend(), sql)).await;
    let row = row.expect("an answer").expect("a row");
    row.try_get("", "count").expect("a count")
}

/// A conversation with three messages is deleted and purged.
async fn purge(db: Database) {
    db.migrate::<Migrator>().await.expect("a schema");
    let message = |sequence| Message {
        id: Uuid::now_v7(),
        conversation_id: TALK,
        sequence,
        turn_id: TALK,
        role: Role::User,
        content: "often seldom".to_owned(),
        metadata: BTreeMap::new(),
        tool_calls: Vec::new(),
        incomplete: false,
        created: at(1),
    };
    let store = async move |tx: &_| {
        let mut talk = Conversation::new(TALK, String::new(), at(1));
        talk.delete(at(2));
        conversations::insert(tx, &alice(), &talk).await?;
        for sequence in 1..=3 {
            messages::insert(tx, &alice(), &message(sequence)).await?;
        }
        Ok(())
    };
    db.write(store).await.expect("messages");
    assert_eq!(indexed(&db).await, 3);
    let door = Door::new(db.clone(), Clock::fixed(at(4)));
    assert_eq!(door.purge(at(3)).await.expect("a purge"), 1);
    assert_eq!(indexed(&db).await, 0);
    db.close().await;
}

#[tokio::test]
async fn what_is_purged_leaves_the_index_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = Settings::sqlite(folder.path().join("chat.db"));
    purge(Database::open(&settings).await.expect("a database")).await;
    if let Some(url) = tandem_test_support::postgres::database() {
        let settings = Settings { url: url.as_str().into(), ..Settings::default() };
        purge(Database::open(&settings).await.expect("a database")).await;
    }
}
