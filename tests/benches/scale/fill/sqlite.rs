//! SQLite: batches as JSON without indexes, which are created at the end.

use serde_json::{Value, json};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{
    AssertSqlSafe, ConnectOptions as _, Connection as _, SqliteConnection, query, query_scalar,
};
use tandem_task::domain::Task;

use super::{BATCH, numbers, terms};
use crate::data::{FEW, ONE, Size};

const TASKS: &str = "INSERT INTO tasks (row_id, id, owner, number, title, description, state, \
    priority, due_time, labels, create_time, update_time, complete_time, delete_time, version, \
    change_sequence) SELECT value ->> 0, unhex(value ->> 1), value ->> 2, value ->> 3, value ->> 4, \
    value ->> 5, value ->> 6, value ->> 7, value ->> 8, value -> 9, value ->> 10, value ->> 11, \
    value ->> 12, value ->> 13, 1, value ->> 3 FROM json_each($1)";

const LABELS: &str = "INSERT INTO task_labels (owner, label, number) \
    SELECT task.value ->> 2, label.value, task.value ->> 3 \
    FROM json_each($1) AS task, json_each(task.value, '$[9]') AS label";

const WORDS: &str = "INSERT INTO task_search (rowid, words) \
    SELECT value ->> 0, value ->> 14 FROM json_each($1)";

const COUNTERS: &str = "INSERT INTO task_counters (owner, number, sequence, pending, completed) \
    SELECT owner, $1, $1, $2, $3 FROM (SELECT DISTINCT owner FROM tasks) WHERE (owner = $4) = $5";

const INDEXES: &str = "SELECT sql FROM sqlite_schema \
    WHERE type = 'index' AND sql LIKE 'CREATE INDEX task%'";

pub(crate) async fn fill(url: &str, size: Size) {
    let options = url.parse::<SqliteConnectOptions>().expect("a URL").foreign_keys(false);
    let mut db = options.connect().await.expect("a database");
    let indexes: Vec<String> = query_scalar(INDEXES).fetch_all(&mut db).await.expect("indexes");
    execute(&mut db, "PRAGMA synchronous = OFF; PRAGMA cache_size = -262144; BEGIN").await;
    for index in &indexes {
        let name = index.split(' ').nth(2).expect("a name");
        execute(&mut db, &format!("DROP INDEX {name}")).await;
    }
    let mut tasks = size.all().peekable();
    while tasks.peek().is_some() {
        let rows = tasks.by_ref().take(BATCH).map(row).collect::<Value>().to_string();
        for sql in [TASKS, LABELS, WORDS] {
            query(sql).bind(&rows).execute(&mut db).await.expect("rows");
        }
    }
    for (tasks, is_one) in [(size.tasks, true), (FEW, false)] {
        let [pending, completed] = size.counts(tasks);
        let counters = query(COUNTERS).bind(tasks).bind(pending).bind(completed);
        counters.bind(ONE).bind(is_one).execute(&mut db).await.expect("counters");
    }
    for index in &indexes {
        execute(&mut db, index).await;
    }
    execute(&mut db, "COMMIT; PRAGMA wal_checkpoint(TRUNCATE)").await;
    db.close().await.expect("an orderly end");
}

fn row((owner, row_id, task): (String, i64, Task)) -> Value {
    let words = terms(&owner, &task).join(" ");
    let [status, priority, due] = numbers(&task);
    let id = task.id.simple().to_string();
    json!([
        row_id,
        id,
        owner,
        task.number,
        task.title,
        task.description,
        status,
        priority,
        due,
        task.labels,
        task.created,
        task.updated,
        task.status.completed_at(),
        task.deleted,
        words
    ])
}

async fn execute(db: &mut SqliteConnection, sql: &str) {
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(db).await.expect(sql);
}
