//! The reads of the statements of a call, by the database's own count: rows and index entries on PostgreSQL,
//! steps of the virtual machine on SQLite.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, SqlxSqliteConnector, Statement,
    TransactionTrait as _,
};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use tandem_database::{Database, Settings};
use tandem_task::domain::Position;
use tandem_task::store::{self, MAX_BLOCKS_SEARCHED, MAX_ROWS_SCANNED, Page};

use crate::cases::Case;
use crate::measure::database::Place;
use crate::plans::Recorder;

/// Steps of SQLite's virtual machine per row, on average over a call: a counted index entry takes about 4, a row
/// that is looked up, filtered and sorted up to 80. There is no finer count.
const STEPS_PER_ROW: u64 = 45;

/// The reads of a call.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reads {
    /// Rows and index entries on PostgreSQL, steps on SQLite.
    pub(crate) units: u64,
    /// Blocks of the search index.
    pub(crate) blocks: usize,
    /// Tasks in the page.
    pub(crate) tasks: usize,
    /// The position after the page.
    pub(crate) next: Option<Position>,
}

/// A connection with counts.
pub(crate) struct Reader {
    db: DatabaseConnection,
    steps: Arc<AtomicU64>,
}

/// The rows of scans in this transaction: index entries, and rows of tables that are read without an index.
const COUNTS: &str = "SELECT coalesce(sum(pg_stat_get_xact_tuples_returned(oid)), 0)::bigint \
    AS rows FROM pg_class WHERE relnamespace = 'public'::regnamespace OR relkind = 't'";

impl Reader {
    pub(crate) async fn open(place: &Place) -> Self {
        let steps = Arc::new(AtomicU64::new(0));
        let url = place.settings.url.expose();
        if place.is_postgres() {
            let settings = Settings { max_connections: 1, ..place.settings.clone() };
            let db = Database::open(&settings).await.expect("a database");
            let db = db.reader().as_postgres().expect("PostgreSQL").clone();
            return Self { db, steps };
        }
        let counter = Arc::clone(&steps);
        let pool = SqlitePoolOptions::new().max_connections(1).after_connect(move |db, _| {
            let counter = Arc::clone(&counter);
            Box::pin(async move {
                let count = move || counter.fetch_add(1, Ordering::Relaxed) < u64::MAX;
                db.lock_handle().await?.set_progress_handler(1, count);
                Ok(())
            })
        });
        let options = url.parse::<SqliteConnectOptions>().expect("a URL");
        let pool = pool.connect_with(options).await.expect("a database");
        Self { db: SqlxSqliteConnector::from_sqlx_sqlite_pool(pool), steps }
    }

    /// Whether a call read more than it may.
    pub(crate) fn exceeds(&self, reads: Reads) -> bool {
        reads.units > self.bound() || reads.blocks > MAX_BLOCKS_SEARCHED
    }

    /// The unmeasured calls before a measured one: after five, PostgreSQL may use generic plans.
    pub(crate) fn runs(&self) -> usize {
        if self.db.get_database_backend() == DbBackend::Postgres { 6 } else { 0 }
    }

    /// The maximum of units that a call may read.
    pub(crate) fn bound(&self) -> u64 {
        match self.db.get_database_backend() {
            DbBackend::Postgres => MAX_ROWS_SCANNED,
            _ => MAX_ROWS_SCANNED * STEPS_PER_ROW,
        }
    }

    /// The reads of a page, after `runs` unmeasured calls.
    pub(crate) async fn reads(&self, case: &Case, after: Option<Position>, runs: usize) -> Reads {
        // In a transaction, because PostgreSQL counts reads until its end.
        let db = self.db.begin().await.expect("a transaction");
        for _ in 0..runs {
            page(&db, case, after).await;
        }
        let before = self.count(&db).await;
        let recorder = Recorder::new(&db);
        let page = page(&recorder, case, after).await;
        let blocks = recorder.blocks();
        let units = self.count(&db).await - before;
        db.rollback().await.expect("an end");
        Reads { units, blocks, tasks: page.tasks.len(), next: page.next }
    }

    /// A page.
    pub(crate) async fn page(&self, case: &Case, after: Option<Position>) -> Page {
        page(&self.db, case, after).await
    }

    /// The units that a statement reads.
    pub(crate) async fn units_of(&self, sql: &str) -> u64 {
        let db = self.db.begin().await.expect("a transaction");
        let before = self.count(&db).await;
        let statement = Statement::from_string(db.get_database_backend(), sql);
        db.query_all_raw(statement).await.expect("rows");
        let units = self.count(&db).await - before;
        db.rollback().await.expect("an end");
        units
    }

    async fn count(&self, db: &impl ConnectionTrait) -> u64 {
        if db.get_database_backend() != DbBackend::Postgres {
            return self.steps.load(Ordering::Relaxed);
        }
        let statement = Statement::from_string(DbBackend::Postgres, COUNTS);
        let row = db.query_one_raw(statement).await.expect("an answer").expect("a row");
        row.try_get::<i64>("", "rows").expect("a number").unsigned_abs()
    }

    /// Updates the statistics of PostgreSQL's planner.
    pub(crate) async fn analyze(&self) {
        self.db.execute_unprepared("ANALYZE").await.expect("statistics");
    }

    /// The plans of the statements of a page, one per line.
    pub(crate) async fn plans(&self, case: &Case, after: Option<Position>) -> Vec<String> {
        let recorder = Recorder::new(&self.db);
        page(&recorder, case, after).await;
        recorder.plans().await
    }
}

async fn page(db: &impl ConnectionTrait, case: &Case, after: Option<Position>) -> Page {
    store::list(db, &case.query(after)).await.expect("a page")
}
