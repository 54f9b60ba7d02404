-- The words of a message, each with a short key of its owner in front, so that a search reads nothing
-- of anybody else, and its conversation. rowid is messages.row_id. The prefixes are the key (13
-- characters) with up to 8 more: what begins with so much is read newest first, and no further than the
-- page, however many messages have it.
CREATE VIRTUAL TABLE message_search USING fts5 (
    words, content = '', contentless_delete = 1, detail = none, tokenize = "ascii tokenchars '_'",
    prefix = '14 15 16 17 18 19 20 21'
);

CREATE TRIGGER messages_not_found AFTER DELETE ON messages BEGIN
    DELETE FROM message_search WHERE rowid = old.row_id;
END;
