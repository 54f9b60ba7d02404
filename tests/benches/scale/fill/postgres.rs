//! PostgreSQL: `COPY` without indexes, which are created at the end. There are no statistics, and autovacuum does
//! not create any: plans must be good without them.

use std::fmt::Write as _;

use sqlx::{AssertSqlSafe, Connection as _, PgConnection, query, query_as};
use tandem_clock::Timestamp;
use tandem_task::domain::Task;

use super::{BATCH, numbers, terms};
use crate::data::{FEW, ONE, Size};

const TASKS: &str = "COPY tasks (id, owner, number, title, description, state, priority, \
    due_time, labels, create_time, update_time, complete_time, delete_time, version, \
    change_sequence) FROM STDIN";

const LABELS: &str = "COPY task_labels (owner, label, number) FROM STDIN";

const WORDS: &str = "COPY task_search (owner, number, words) FROM STDIN";

const COUNTERS: &str = "INSERT INTO task_counters (owner, number, sequence, pending, completed) \
    SELECT owner, $1, $1, $2, $3 FROM (SELECT DISTINCT owner FROM tasks) AS owners \
    WHERE (owner = $4) = $5";

/// The indexes that no constraint needs.
const INDEXES: &str = "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' \
    AND tablename IN ('tasks', 'task_labels', 'task_search') AND indexdef NOT LIKE '%UNIQUE%'";

pub(crate) async fn fill(url: &str, size: Size) {
    let mut db = PgConnection::connect(url).await.expect("a database");
    execute(&mut db, "SET maintenance_work_mem = '512MB'").await;
    for table in ["tasks", "task_labels", "task_search"] {
        execute(&mut db, &format!("ALTER TABLE {table} SET (autovacuum_enabled = off)")).await;
    }
    let indexes: Vec<(String, String)> =
        query_as(INDEXES).fetch_all(&mut db).await.expect("indexes");
    for (name, _) in &indexes {
        execute(&mut db, &format!("DROP INDEX {name}")).await;
    }
    let mut tasks = size.all().peekable();
    while tasks.peek().is_some() {
        copy(&mut db, &tasks.by_ref().take(BATCH).collect::<Vec<_>>()).await;
    }
    for (tasks, is_one) in [(size.tasks, true), (FEW, false)] {
        let [pending, completed] = size.counts(tasks);
        let counters = query(COUNTERS).bind(tasks).bind(pending).bind(completed);
        counters.bind(ONE).bind(is_one).execute(&mut db).await.expect("counters");
    }
    for (_, definition) in &indexes {
        execute(&mut db, definition).await;
    }
    db.close().await.expect("an orderly end");
}

async fn copy(db: &mut PgConnection, tasks: &[(String, i64, Task)]) {
    let mut lines = [String::new(), String::new(), String::new()];
    for (owner, _, task) in tasks {
        let [rows, labels, words] = &mut lines;
        write_task(rows, owner, task).expect("text");
        for label in &task.labels {
            writeln!(labels, "{owner}\t{label}\t{}", task.number).expect("text");
        }
        let terms = terms(owner, task);
        writeln!(words, "{owner}\t{}\t'{}'", task.number, terms.join("' '")).expect("text");
    }
    for (sql, lines) in [TASKS, LABELS, WORDS].into_iter().zip(lines) {
        let mut copy = db.copy_in_raw(sql).await.expect("a table");
        copy.send(lines.into_bytes()).await.expect("rows");
        copy.finish().await.expect("all rows");
    }
}

fn write_task(rows: &mut String, owner: &str, task: &Task) -> std::fmt::Result {
    let [state, priority, due] = numbers(task);
    let labels = serde_json::to_string(&task.labels).expect("JSON");
    let time = |time: Option<Timestamp>| {
        time.map_or("\\N".to_owned(), |time| time.as_micros().to_string())
    };
    write!(rows, "{}\t{owner}\t{}\t{}\t", task.id, task.number, task.title)?;
    write!(rows, "{}\t{state}\t{priority}\t{due}\t{labels}\t", task.description)?;
    write!(
        rows,
        "{}\t{}\t{}\t",
        task.created.as_micros(),
        task.updated.as_micros(),
        time(task.status.completed_at())
    )?;
    writeln!(rows, "{}\t1\t{}", time(task.deleted), task.number)
}

async fn execute(db: &mut PgConnection, sql: &str) {
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(db).await.expect(sql);
}
