//! A database connection that counts what queries return.

use std::sync::atomic::{AtomicUsize, Ordering};

use sea_orm::{ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, Statement};
use tonic::async_trait;

/// Counts the bytes of the texts that queries return.
#[derive(Debug)]
pub struct CountingConnection<C> {
    inner: C,
    bytes: AtomicUsize,
}

impl<C> CountingConnection<C> {
    /// Counts what queries on `inner` return.
    #[must_use]
    pub fn new(inner: C) -> Self {
        Self { inner, bytes: AtomicUsize::new(0) }
    }

    /// The bytes since the last call of this method.
    pub fn take_bytes(&self) -> usize {
        self.bytes.swap(0, Ordering::Relaxed)
    }

    fn count(&self, rows: &[QueryResult]) {
        let bytes = rows.iter().map(text_bytes).sum();
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }
}

/// The length of all texts and JSON values of a row.
fn text_bytes(row: &QueryResult) -> usize {
    let text = |column: &String| row.try_get::<String>("", column).map(|text| text.len());
    let json = |column: &String| {
        row.try_get::<serde_json::Value>("", column).map_or(0, |json| json.to_string().len())
    };
    row.column_names().iter().map(|column| text(column).unwrap_or_else(|_| json(column))).sum()
}

#[async_trait]
impl<C: ConnectionTrait + Sync> ConnectionTrait for CountingConnection<C> {
    fn get_database_backend(&self) -> DbBackend {
        self.inner.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.inner.execute_raw(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.inner.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        let row = self.inner.query_one_raw(statement).await?;
        self.count(row.as_slice());
        Ok(row)
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let rows = self.inner.query_all_raw(statement).await?;
        self.count(&rows);
        Ok(rows)
    }
}
