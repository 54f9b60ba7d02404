//! The connections for reads, on either database.

use async_trait::async_trait;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, DbErr, ExecResult, QueryResult, Statement,
};

use crate::sqlite::Readers;

/// The connections for reads. Each statement takes one as long as it runs, at most for the
/// `statement_timeout`. Clones share them.
#[derive(Debug, Clone)]
pub struct Reader(Kind);

#[derive(Debug, Clone)]
enum Kind {
    /// Refuse writes, and never wait for the writer.
    Sqlite(Readers),
    Postgres(DatabaseConnection),
}

impl Reader {
    pub(crate) fn sqlite(readers: Readers) -> Self {
        Self(Kind::Sqlite(readers))
    }

    pub(crate) fn postgres(pool: DatabaseConnection) -> Self {
        Self(Kind::Postgres(pool))
    }

    /// The pool of a PostgreSQL database, for reads in a transaction.
    #[must_use]
    pub fn as_postgres(&self) -> Option<&DatabaseConnection> {
        match &self.0 {
            Kind::Sqlite(_) => None,
            Kind::Postgres(pool) => Some(pool),
        }
    }

    /// Closes the connections; waits for those that are used.
    pub(crate) async fn close(&self) {
        match &self.0 {
            Kind::Sqlite(readers) => readers.close().await,
            // The only error is that the pool is closed already.
            Kind::Postgres(pool) => drop(pool.close_by_ref().await),
        }
    }
}

/// Runs a statement on a connection of either database.
macro_rules! on_connection {
    ($self:ident.$method:ident($statement:expr)) => {
        match &$self.0 {
            Kind::Sqlite(readers) => {
                let lease = readers.lease().await?;
                let outcome = lease.connection().$method($statement).await;
                lease.finish();
                outcome
            }
            Kind::Postgres(pool) => pool.$method($statement).await,
        }
    };
}

#[async_trait]
impl ConnectionTrait for Reader {
    fn get_database_backend(&self) -> DbBackend {
        match &self.0 {
            Kind::Sqlite(_) => DbBackend::Sqlite,
            Kind::Postgres(_) => DbBackend::Postgres,
        }
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        on_connection!(self.execute_raw(statement))
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        on_connection!(self.execute_unprepared(sql))
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        on_connection!(self.query_one_raw(statement))
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        on_connection!(self.query_all_raw(statement))
    }
}
