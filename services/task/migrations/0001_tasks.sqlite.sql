-- Times are microseconds since 1970 (UTC). Where a task has no due time, due_time is the largest
-- integer, so that one index serves filters and the order. `number` tells apart tasks with equal keys.
-- `state` is 1 for a pending task, 2 for a completed one, and 3 and 4 for the same when deleted.
CREATE TABLE tasks (
    row_id INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    owner TEXT NOT NULL,
    number INTEGER NOT NULL,
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    state INTEGER NOT NULL,
    priority INTEGER NOT NULL,
    due_time INTEGER NOT NULL,
    labels TEXT NOT NULL,
    create_time INTEGER NOT NULL,
    update_time INTEGER NOT NULL,
    complete_time INTEGER,
    delete_time INTEGER,
    version INTEGER NOT NULL,
    change_sequence INTEGER NOT NULL
) STRICT;

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
    number INTEGER NOT NULL,
    PRIMARY KEY (owner, label, number)
) STRICT, WITHOUT ROWID;

-- The words of a task, each with a short key of its owner and of the number's block in front, so that a
-- search reads nothing of anybody else, and no more than a block at a time. rowid is tasks.row_id.
CREATE VIRTUAL TABLE task_search USING fts5 (
    words, content = '', contentless_delete = 1, detail = none, tokenize = "ascii tokenchars '._'"
);

-- The last number and the last change that each owner has, and how many tasks by status. Every write
-- takes the row, so the changes of an owner are committed in the order of their sequence.
CREATE TABLE task_counters (
    owner TEXT NOT NULL PRIMARY KEY,
    number INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    pending INTEGER NOT NULL,
    completed INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What happened, in order and without gaps: an owner's log of the tasks after each change, as JSON.
CREATE TABLE task_changes (
    owner TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    task TEXT NOT NULL,
    change_time INTEGER NOT NULL,
    PRIMARY KEY (owner, sequence)
) STRICT, WITHOUT ROWID;

CREATE INDEX task_changes_by_time ON task_changes (change_time);
