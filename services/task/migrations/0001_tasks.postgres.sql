-- Times are microseconds since 1970 (UTC). Where a task has no due time, due_time is the largest
-- integer, so that one index serves filters and the order. `number` tells apart tasks with equal keys.
-- `state` is 1 for a pending task, 2 for a completed one, and 3 and 4 for the same when deleted.
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
-- For the purge alone: it holds deleted tasks only.
CREATE INDEX tasks_deleted ON tasks (delete_time) WHERE delete_time IS NOT NULL;

-- The labels again, to filter by in the order of the numbers. Written with the task, and removed with it.
CREATE TABLE task_labels (
    owner TEXT NOT NULL,
    label TEXT NOT NULL,
    number BIGINT NOT NULL,
    PRIMARY KEY (owner, label, number)
);

-- The words of a task, each with a short key of its owner and of the number's block in front, so that a
-- search reads nothing of anybody else, and no more than a block at a time. What is new goes into the
-- index at once: a search would read all that waits to. Written with the task, and removed with it.
CREATE TABLE task_search (
    owner TEXT NOT NULL,
    number BIGINT NOT NULL,
    words TSVECTOR NOT NULL,
    PRIMARY KEY (owner, number)
);

CREATE INDEX task_search_by_words ON task_search USING gin (words) WITH (fastupdate = off);

-- The last number and the last change that each owner has, and how many tasks by status. Every write
-- takes the row, so the changes of an owner are committed in the order of their sequence.
CREATE TABLE task_counters (
    owner TEXT NOT NULL PRIMARY KEY,
    number BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    pending BIGINT NOT NULL,
    completed BIGINT NOT NULL
);

-- What happened, in order and without gaps: an owner's log of the tasks after each change, as JSON.
CREATE TABLE task_changes (
    owner TEXT NOT NULL,
    sequence BIGINT NOT NULL,
    kind SMALLINT NOT NULL,
    task JSON NOT NULL,
    change_time BIGINT NOT NULL,
    PRIMARY KEY (owner, sequence)
);

CREATE INDEX task_changes_by_time ON task_changes (change_time);
