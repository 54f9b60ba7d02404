-- The words of a message, each with a short key of its owner in front, so that a search reads nothing
-- of anybody else, and its conversation.
CREATE TABLE message_search (
    row_id BIGINT PRIMARY KEY REFERENCES messages (row_id) ON DELETE CASCADE,
    words TSVECTOR NOT NULL
);

CREATE INDEX message_search_by_words ON message_search USING gin (words);

-- The newest messages of an owner, in which words that many messages have are looked for first.
CREATE INDEX messages_by_owner ON messages (owner, row_id);
