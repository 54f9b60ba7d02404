//! What the queries of a page read in the database, by its own count: steps of the virtual machine on
//! SQLite, blocks and rows on PostgreSQL; and the plans.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, SqlxPostgresConnector, SqlxSqliteConnector,
    Statement, TransactionTrait as _,
};
use sqlx::postgres::PgPoolOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use tandem_auth::Owner;
use tandem_task::domain::Position;
use tandem_task::store;

use crate::cases::{Case, PAGE_SIZE};
use crate::measure::database::Place;
use crate::plans::Recorder;

/// What a page read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reads {
    /// Steps of SQLite, or blocks of PostgreSQL, each time one is asked for.
    pub(crate) units: u64,
    /// Tasks in the page.
    pub(crate) tasks: usize,
}

/// A connection that counts.
pub(crate) struct Reader {
    db: DatabaseConnection,
    steps: Arc<AtomicU64>,
}

/// The blocks that this transaction has asked for, and how many tables it has read as a whole.
const BLOCKS: &str = "SELECT coalesce(sum(pg_stat_get_xact_blocks_fetched(oid)), 0)::bigint AS blocks, \
    coalesce(sum(pg_stat_get_xact_numscans(oid)) FILTER (WHERE relkind = 'r'), 0)::bigint AS scans \
    FROM pg_class WHERE relnamespace = 'public'::regnamespace OR relkind = 't'";

impl Reader {
    pub(crate) async fn open(place: &Place) -> Self {
        let steps = Arc::new(AtomicU64::new(0));
        let url = place.settings.url.expose();
        if place.is_postgres() {
            let pool = PgPoolOptions::new().max_connections(1).connect(url).await;
            let db = SqlxPostgresConnector::from_sqlx_postgres_pool(pool.expect("a database"));
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

    /// What a page reads, once its statements are prepared: PostgreSQL may then have plans for any values.
    pub(crate) async fn reads(&self, case: &Case, after: Option<Position>) -> Reads {
        // A transaction: PostgreSQL adds up what is read until it ends.
        let db = self.db.begin().await.expect("a transaction");
        for _ in 0..7 {
            page(&db, case, after).await;
        }
        let before = self.units(&db).await;
        let tasks = page(&db, case, after).await;
        let units = self.units(&db).await - before;
        db.rollback().await.expect("an end");
        Reads { units, tasks }
    }

    async fn units(&self, db: &impl ConnectionTrait) -> u64 {
        if db.get_database_backend() != DbBackend::Postgres {
            return self.steps.load(Ordering::Relaxed);
        }
        let statement = Statement::from_string(DbBackend::Postgres, BLOCKS);
        let row = db.query_one_raw(statement).await.expect("an answer").expect("a row");
        let scans: i64 = row.try_get("", "scans").expect("a number");
        assert_eq!(scans, 0, "a table was read as a whole");
        row.try_get::<i64>("", "blocks").expect("a number").unsigned_abs()
    }

    /// How the database says that it reads the page, a line a statement.
    pub(crate) async fn plans(&self, case: &Case, after: Option<Position>) -> Vec<String> {
        let recorder = Recorder::new(&self.db);
        page(&recorder, case, after).await;
        recorder.plans().await
    }
}

async fn page(db: &impl ConnectionTrait, case: &Case, after: Option<Position>) -> usize {
    let owner = Owner::from_row(case.owner.to_owned());
    let page = store::list(db, &owner, &case.filter, case.order, after, PAGE_SIZE).await;
    page.expect("a page").tasks.len()
}
