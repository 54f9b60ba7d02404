-- The words of each message, prefixed with a short key of the owner, so that a search reads nothing of
-- other owners, and the term of its conversation. rowid is messages.row_id. The prefix indexes cover the
-- key (13 characters) and up to 8 more: prefixes of that length are read newest first, and no further
-- than the page, however many messages match.
CREATE VIRTUAL TABLE message_search USING fts5 (
    words, content = '', contentless_delete = 1, detail = none, tokenize = "ascii tokenchars '_'",
    prefix = '14 15 16 17 18 19 20 21'
);

CREATE TRIGGER messages_not_found AFTER DELETE ON messages BEGIN
    DELETE FROM message_search WHERE rowid = old.row_id;
END;
