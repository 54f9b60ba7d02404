-- Times are microseconds since 1970 (UTC). Where a task has no due time, due_time is the largest
-- integer, so that one index serves filters and the order. `number` tells apart tasks with equal keys.
CREATE TABLE tasks (
    row_id INTEGER PRIMARY KEY AUTOINCREMENT,
    id BLOB NOT NULL UNIQUE,
    owner TEXT NOT NULL,
    number INTEGER NOT NULL,
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    status INTEGER NOT NULL,
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
CREATE INDEX tasks_by_create_time ON tasks (owner, create_time, number);
CREATE INDEX tasks_by_update_time ON tasks (owner, update_time, number);
CREATE INDEX tasks_by_due_time ON tasks (owner, due_time, number);
CREATE INDEX tasks_by_priority ON tasks (owner, priority, number);
-- What lists ask for most: the pending ones, by number and by due time.
CREATE INDEX tasks_by_status ON tasks (owner, status, number) WHERE delete_time IS NULL;
CREATE INDEX tasks_by_status_due ON tasks (owner, status, due_time, number) WHERE delete_time IS NULL;
-- What is due within some days, by number: each day's tasks are in that order.
CREATE INDEX tasks_by_due_day ON tasks (owner, (due_time / 86400000000), number, due_time)
WHERE delete_time IS NULL;
CREATE INDEX tasks_deleted ON tasks (delete_time) WHERE delete_time IS NOT NULL;

-- The labels again, to filter by in the order of the numbers.
CREATE TABLE task_labels (
    owner TEXT NOT NULL,
    label TEXT NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (owner, label, number),
    FOREIGN KEY (owner, number) REFERENCES tasks (owner, number) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX task_labels_by_task ON task_labels (owner, number);

-- The words of a task, each with a short key of its owner in front, so that a search reads nothing of
-- anybody else. rowid is tasks.row_id.
CREATE VIRTUAL TABLE task_search USING fts5 (
    words, content = '', contentless_delete = 1, detail = none, tokenize = "ascii tokenchars '_'"
);

-- Each word that is indexed, to find those that begin with a prefix.
CREATE VIRTUAL TABLE task_words USING fts5vocab (task_search, instance);

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
