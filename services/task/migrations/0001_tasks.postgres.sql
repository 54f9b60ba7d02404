-- Times are microseconds since 1970 (UTC). A task without a due time has the largest integer as due_time, so
-- one index serves both filters and the sort order. `number` breaks ties between equal sort keys.
-- `state`: 1 pending, 2 completed, 3 pending and deleted, 4 completed and deleted.
CREATE TABLE tasks (
    id UUID PRIMARY KEY,
    owner TEXT NOT NULL,
    number BIGINT NOT NULL,
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    state SMALLINT NOT NULL,
    priority SMALLINT NOT NULL,
    due_time BIGINT NOT NULL,
    labels JSONB NOT NULL,
    create_time BIGINT NOT NULL,
    update_time BIGINT NOT NULL,
    complete_time BIGINT,
    delete_time BIGINT,
    version BIGINT NOT NULL,
    change_sequence BIGINT NOT NULL
);

CREATE UNIQUE INDEX tasks_by_number ON tasks (owner, number);
CREATE INDEX tasks_by_due_time ON tasks (owner, state, due_time, number);
CREATE INDEX tasks_by_create_time ON tasks (owner, state, create_time, number);
CREATE INDEX tasks_by_update_time ON tasks (owner, state, update_time, number);
CREATE INDEX tasks_by_priority ON tasks (owner, state, priority, number);
-- Used by the purge; contains deleted tasks only.
CREATE INDEX tasks_deleted ON tasks (delete_time) WHERE delete_time IS NOT NULL;

-- A copy of the labels, for filtering in the order of the numbers. Written and deleted with the task.
CREATE TABLE task_labels (
    owner TEXT NOT NULL,
    label TEXT NOT NULL,
    number BIGINT NOT NULL,
    PRIMARY KEY (owner, label, number)
);

-- The words of a task, each prefixed with a key of its owner and block of task numbers, so that a search reads
-- no entries of other owners and can be limited to some blocks. No fastupdate: a search would scan the
-- whole pending list. Written and deleted with the task.
CREATE TABLE task_search (
    owner TEXT NOT NULL,
    number BIGINT NOT NULL,
    words TSVECTOR NOT NULL,
    PRIMARY KEY (owner, number)
);

CREATE INDEX task_search_by_words ON task_search USING gin (words) WITH (fastupdate = off);

-- Per owner: the last task number, the last change sequence, and the number of tasks by status. Every write
-- locks the row, so the changes of an owner commit in the order of their sequence.
CREATE TABLE task_counters (
    owner TEXT NOT NULL PRIMARY KEY,
    number BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    pending BIGINT NOT NULL,
    completed BIGINT NOT NULL
);

-- The change log of each owner, without gaps in the sequence. `task` is the task after the change, as JSON.
CREATE TABLE task_changes (
    owner TEXT NOT NULL,
    sequence BIGINT NOT NULL,
    kind SMALLINT NOT NULL,
    task JSON NOT NULL,
    change_time BIGINT NOT NULL,
    PRIMARY KEY (owner, sequence)
);

CREATE INDEX task_changes_by_time ON task_changes (change_time);
