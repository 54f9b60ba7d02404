//! Conversations with many messages and turns, written by the database itself.

use sea_orm::{ConnectionTrait as _, DbBackend};
use tandem_database::{Database, Db as _};
use uuid::Uuid;

/// A conversation of alice with `messages` messages; every second begins a turn with five events.
pub(crate) async fn fill(db: &Database, id: Uuid, messages: i64, deleted: bool) {
    let statements = match db.backend() {
        DbBackend::Postgres => postgres(id, messages, deleted),
        _ => sqlite(id, messages, deleted),
    };
    for sql in statements {
        db.write(async move |tx| tx.execute_unprepared(&sql).await.db()).await.expect("rows");
    }
}

fn postgres(id: Uuid, messages: i64, deleted: bool) -> Vec<String> {
    let deleted = if deleted { "1" } else { "NULL" };
    let turns = messages / 2;
    vec![
        format!(
            "INSERT INTO conversations VALUES ('{id}', 'alice', 'x', {messages}, 0, 0, {deleted}, 1)"
        ),
        format!(
            "INSERT INTO messages (id, owner, conversation_id, sequence, turn_id, role, content, \
             metadata, tool_calls, incomplete, create_time) SELECT gen_random_uuid(), 'alice', '{id}', \
             n, '{id}', 1 + (n + 1) % 2, 'some words of a message', '{{}}', '[]', false, 0 \
             FROM generate_series(1, {messages}) AS n"
        ),
        format!(
            "INSERT INTO message_search SELECT row_id, array_to_tsvector(ARRAY['some', 'words']) \
             FROM messages WHERE conversation_id = '{id}'"
        ),
        format!(
            "INSERT INTO turns (id, owner, conversation_id, user_message_id, model, state, \
             last_sequence, lease, lease_expire_time, cancel_requested, model_calls, tool_calls, \
             input_tokens, output_tokens, create_time) SELECT gen_random_uuid(), 'alice', '{id}', \
             '{id}', 'x', 2, 5, 1, 0, false, 0, 0, 0, 0, 0 FROM generate_series(1, {turns}) AS n"
        ),
        format!(
            "INSERT INTO turn_events SELECT 'alice', id, n, 0, '{{\"Text\": \"some text\"}}' \
             FROM turns, generate_series(1, 5) AS n WHERE conversation_id = '{id}'"
        ),
        "ANALYZE".to_owned(),
    ]
}

fn sqlite(id: Uuid, messages: i64, deleted: bool) -> Vec<String> {
    let deleted = if deleted { "1" } else { "NULL" };
    let (id, turns) = (format!("x'{}'", id.simple()), messages / 2);
    let numbers = |last| {
        format!("WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {last})")
    };
    let mut statements = vec![format!(
        "INSERT INTO conversations VALUES ({id}, 'alice', 'x', {messages}, 0, 0, {deleted}, 1)"
    )];
    statements.push(format!(
        "INSERT INTO messages (id, owner, conversation_id, sequence, turn_id, role, content, metadata, \
         tool_calls, incomplete, create_time) {} SELECT randomblob(16), 'alice', {id}, n, {id}, \
         1 + (n + 1) % 2, 'some words of a message', '{{}}', '[]', 0, 0 FROM n",
        numbers(messages)
    ));
    // In parts, because a write has a time limit.
    for part in 0..=messages / 20_000 {
        let (from, until) = (part * 20_000, (part + 1) * 20_000);
        statements.push(format!(
            "INSERT INTO message_search (rowid, words) SELECT row_id, 'somekeyofowner_some \
             somekeyofowner_words' FROM messages WHERE conversation_id = {id} AND sequence > {from} AND \
             sequence <= {until}"
        ));
    }
    statements.push(format!(
        "INSERT INTO turns (id, owner, conversation_id, user_message_id, model, state, last_sequence, \
         lease, lease_expire_time, cancel_requested, model_calls, tool_calls, input_tokens, \
         output_tokens, create_time) {} SELECT randomblob(16), 'alice', {id}, {id}, 'x', 2, 5, 1, 0, 0, \
         0, 0, 0, 0, 0 FROM n",
        numbers(turns)
    ));
    statements.push(format!(
        "INSERT INTO turn_events {} SELECT 'alice', id, n, 0, '{{\"Text\": \"some text\"}}' \
         FROM turns, n WHERE conversation_id = {id}",
        numbers(5)
    ));
    statements
}
