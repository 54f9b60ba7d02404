//! What the queries of a page read in the database, by its own count: steps of the virtual machine on
//! SQLite, blocks and rows on PostgreSQL; and the plans.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, SqlxSqliteConnector, Statement,
    TransactionTrait as _,
};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use tandem_auth::Owner;
use tandem_database::{Database, Settings};
use tandem_task::domain::Position;
use tandem_task::store;

use crate::cases::{Case, PAGE_SIZE};
use crate::measure::database::Place;
use crate::plans::Recorder;

/// What a page read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reads {
    /// Steps of SQLite, or rows and entries of indexes on PostgreSQL.
    pub(crate) units: u64,
    /// Blocks, each time one is asked for; none on SQLite, which does not count them.
    pub(crate) blocks: u64,
    /// Tasks in the page.
    pub(crate) tasks: usize,
}

impl Reads {
    /// How many times as much was read as for a `smaller` list's page; for each task of the page, and the
    /// look for another, where there were not enough tasks to fill the smaller one.
    pub(crate) fn over(self, smaller: Self) -> f64 {
        self.ratio(smaller, self.units, smaller.units)
    }

    /// Whether it is more than `goal` times as much, beyond what finding the place in deeper indexes costs.
    pub(crate) fn exceeds(self, smaller: Self, goal: f64) -> bool {
        let units = self.ratio(smaller, self.units.saturating_sub(SLACK), smaller.units);
        let blocks = self.ratio(smaller, self.blocks.saturating_sub(SLACK), smaller.blocks);
        units > goal || blocks > 2.0 * goal
    }

    fn ratio(self, smaller: Self, units: u64, fewer: u64) -> f64 {
        let float = |it| f64::from(u32::try_from(it).expect("a count that fits"));
        let whole = float(units) / float(fewer.max(1));
        let tasks = |it: Self| float(it.tasks as u64 + 1);
        if self.tasks == smaller.tasks { whole } else { whole * tasks(smaller) / tasks(self) }
    }
}

/// What is read at a larger size without being of the page.
const SLACK: u64 = 100;

/// A connection that counts.
pub(crate) struct Reader {
    db: DatabaseConnection,
    steps: Arc<AtomicU64>,
}

/// The rows and entries that this transaction has read, and the blocks that it has asked for.
const COUNTS: &str = "SELECT (coalesce(sum(pg_stat_get_xact_tuples_returned(oid)), 0) \
    + coalesce(sum(pg_stat_get_xact_tuples_fetched(oid)) FILTER (WHERE relkind = 'r'), 0))::bigint \
    AS rows, coalesce(sum(pg_stat_get_xact_blocks_fetched(oid)), 0)::bigint AS blocks \
    FROM pg_class WHERE relnamespace = 'public'::regnamespace OR relkind = 't'";

impl Reader {
    pub(crate) async fn open(place: &Place) -> Self {
        let steps = Arc::new(AtomicU64::new(0));
        let url = place.settings.url.expose();
        if place.is_postgres() {
            let settings = Settings { max_connections: 1, ..place.settings.clone() };
            let db = Database::open(&settings).await.expect("a database").reader().clone();
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
        let before = self.counts(&db).await;
        let tasks = page(&db, case, after).await;
        let counts = self.counts(&db).await;
        db.rollback().await.expect("an end");
        Reads { units: counts[0] - before[0], blocks: counts[1] - before[1], tasks }
    }

    async fn counts(&self, db: &impl ConnectionTrait) -> [u64; 2] {
        if db.get_database_backend() != DbBackend::Postgres {
            return [self.steps.load(Ordering::Relaxed), 0];
        }
        let statement = Statement::from_string(DbBackend::Postgres, COUNTS);
        let row = db.query_one_raw(statement).await.expect("an answer").expect("a row");
        ["rows", "blocks"].map(|it| row.try_get::<i64>("", it).expect("a number").unsigned_abs())
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
