-- Secrets that a service makes at its first start and that all of its replicas share.
CREATE TABLE secrets (
    name TEXT NOT NULL PRIMARY KEY,
    value BYTEA NOT NULL
);
