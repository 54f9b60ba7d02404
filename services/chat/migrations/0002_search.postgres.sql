-- The words of each message, prefixed with a short key of the owner, so that a search reads nothing of
-- other owners, and the term of its conversation.
CREATE TABLE message_search (
    row_id BIGINT PRIMARY KEY REFERENCES messages (row_id) ON DELETE CASCADE,
    words TSVECTOR NOT NULL
);

CREATE INDEX message_search_by_words ON message_search USING gin (words);

-- The newest messages of an owner, which a search for frequent words reads first.
CREATE INDEX messages_by_owner ON messages (owner, row_id);
