-- No query uses it.
DROP INDEX turns_by_owner;
