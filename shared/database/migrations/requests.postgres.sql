-- The requests that callers may send again (AIP-155), with what each was answered.
CREATE TABLE requests (
    owner TEXT NOT NULL,
    request_id TEXT NOT NULL,
    digest BYTEA NOT NULL,
    answer TEXT,
    expire_time BIGINT NOT NULL,
    PRIMARY KEY (owner, request_id)
);

CREATE INDEX requests_by_expire_time ON requests (expire_time);
