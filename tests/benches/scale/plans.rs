//! The plans of the statements that read a page, by EXPLAIN.

use std::sync::Mutex;

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, DbErr, ExecResult, QueryResult, Statement,
};

/// A connection that records its statements.
pub(crate) struct Recorder<'a> {
    db: &'a DatabaseConnection,
    statements: Mutex<Vec<Statement>>,
}

impl<'a> Recorder<'a> {
    pub(crate) fn new(db: &'a DatabaseConnection) -> Self {
        Self { db, statements: Mutex::default() }
    }

    fn record(&self, statement: &Statement) {
        self.statements.lock().expect("no panic").push(statement.clone());
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

async fn plan(db: &DatabaseConnection, mut statement: Statement) -> String {
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
impl ConnectionTrait for Recorder<'_> {
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
