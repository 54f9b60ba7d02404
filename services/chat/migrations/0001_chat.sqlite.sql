-- Times are microseconds since 1970 (UTC).
CREATE TABLE conversations (
    id BLOB NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL,
    title TEXT NOT NULL,
    last_sequence INTEGER NOT NULL,
    create_time INTEGER NOT NULL,
    update_time INTEGER NOT NULL,
    delete_time INTEGER,
    version INTEGER NOT NULL
) STRICT;

-- Ids are UUIDv7: their order is the order of creation.
CREATE INDEX conversations_by_owner ON conversations (owner, id);

CREATE INDEX conversations_deleted ON conversations (delete_time) WHERE delete_time IS NOT NULL;

CREATE TABLE messages (
    row_id INTEGER PRIMARY KEY AUTOINCREMENT,
    id BLOB NOT NULL UNIQUE,
    owner TEXT NOT NULL,
    conversation_id BLOB NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    sequence INTEGER NOT NULL,
    turn_id BLOB NOT NULL,
    role INTEGER NOT NULL,
    content TEXT NOT NULL,
    metadata TEXT NOT NULL,
    tool_calls TEXT NOT NULL,
    incomplete INTEGER NOT NULL,
    create_time INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX messages_by_sequence ON messages (owner, conversation_id, sequence);
CREATE INDEX messages_by_conversation ON messages (conversation_id);

CREATE TABLE turns (
    id BLOB NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL,
    conversation_id BLOB NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    user_message_id BLOB NOT NULL,
    assistant_message_id BLOB,
    model TEXT NOT NULL,
    state INTEGER NOT NULL,
    failure_reason TEXT,
    failure_message TEXT,
    last_sequence INTEGER NOT NULL,
    lease INTEGER NOT NULL,
    lease_expire_time INTEGER NOT NULL,
    cancel_requested INTEGER NOT NULL,
    model_calls INTEGER NOT NULL,
    tool_calls INTEGER NOT NULL,
    input_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    create_time INTEGER NOT NULL,
    end_time INTEGER
) STRICT;

-- A conversation has at most one running turn (state 1).
CREATE UNIQUE INDEX turns_running ON turns (conversation_id) WHERE state = 1;
CREATE INDEX turns_by_lease ON turns (lease_expire_time) WHERE state = 1;
CREATE INDEX turns_by_owner ON turns (owner, create_time);
CREATE INDEX turns_by_conversation ON turns (conversation_id);

-- The events of turns, as JSON.
CREATE TABLE turn_events (
    owner TEXT NOT NULL,
    turn_id BLOB NOT NULL REFERENCES turns (id) ON DELETE CASCADE,
    sequence INTEGER NOT NULL,
    event_time INTEGER NOT NULL,
    event TEXT NOT NULL,
    PRIMARY KEY (turn_id, sequence)
) STRICT, WITHOUT ROWID;

-- Model responses with tool calls, as JSON: together with the events, the journal of a turn.
CREATE TABLE turn_steps (
    owner TEXT NOT NULL,
    turn_id BLOB NOT NULL REFERENCES turns (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    step TEXT NOT NULL,
    PRIMARY KEY (turn_id, number)
) STRICT, WITHOUT ROWID;

-- Usage by owner, day (counted from 1970, in UTC) and model. Kept when conversations are purged.
CREATE TABLE daily_usage (
    owner TEXT NOT NULL,
    day INTEGER NOT NULL,
    model TEXT NOT NULL,
    turns INTEGER NOT NULL,
    messages INTEGER NOT NULL,
    tool_calls INTEGER NOT NULL,
    input_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    PRIMARY KEY (owner, day, model)
) STRICT, WITHOUT ROWID;
