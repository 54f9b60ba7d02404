//! The statements that read a page: their plans, by EXPLAIN, and the blocks of the search index.

use std::sync::Mutex;

use sea_orm::{ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, Statement, Value};

/// A connection that records its statements.
pub(crate) struct Recorder<'a, C> {
    db: &'a C,
    statements: Mutex<Vec<Statement>>,
}

impl<'a, C: ConnectionTrait> Recorder<'a, C> {
    pub(crate) fn new(db: &'a C) -> Self {
        Self { db, statements: Mutex::default() }
    }

    fn record(&self, statement: &Statement) {
        self.statements.lock().expect("no panic").push(statement.clone());
    }

    /// The number of blocks that the statements so far searched. The databases do not count the entries of the
    /// search index.
    pub(crate) fn blocks(&self) -> usize {
        let statements = self.statements.lock().expect("no panic");
        let searches = statements.iter().filter(|it| it.sql.contains("task_search"));
        searches.map(|it| block_count(it).expect("a query per block")).sum()
    }

    /// The plan of each statement so far, as one line.
    pub(crate) async fn plans(self) -> Vec<String> {
        let mut plans = Vec::new();
        for statement in self.statements.into_inner().expect("no panic") {
            plans.push(plan(self.db, statement).await);
        }
        plans
    }
}

/// The number of queries in the first value of a search.
fn block_count(search: &Statement) -> Option<usize> {
    match search.values.as_ref()?.0.first()? {
        Value::Array(_, queries) => Some(queries.as_ref()?.len()),
        Value::String(Some(queries)) => {
            serde_json::from_str::<Vec<String>>(queries).ok().map(|queries| queries.len())
        }
        _ => None,
    }
}

async fn plan(db: &impl ConnectionTrait, mut statement: Statement) -> String {
    let (explain, column) = match statement.db_backend {
        DbBackend::Postgres => ("EXPLAIN (COSTS OFF)", "QUERY PLAN"),
        _ => ("EXPLAIN QUERY PLAN", "detail"),
    };
    statement.sql = format!("{explain} {}", statement.sql);
    let rows = db.query_all_raw(statement).await.expect("a plan");
    let lines = rows.iter().map(|row| row.try_get::<String>("", column).expect("text"));
    let is_told = |line: &String| {
        ["Scan", "SCAN", "SEARCH", "Sort", "B-TREE"].iter().any(|it| line.contains(it))
    };
    let lines =
        lines.filter(is_told).map(|line| line.trim().trim_start_matches("->").trim().to_owned());
    lines.collect::<Vec<_>>().join(" | ")
}

#[sea_orm::prelude::async_trait::async_trait]
impl<C: ConnectionTrait> ConnectionTrait for Recorder<'_, C> {
    fn get_database_backend(&self) -> DbBackend {
        self.db.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.record(&statement);
        self.db.execute_raw(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.db.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.record(&statement);
        self.db.query_one_raw(statement).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.record(&statement);
        self.db.query_all_raw(statement).await
    }
}
