//! Fills a database directly, with the tables and terms of the service; through the service it would take hours.

mod postgres;
mod sqlite;

use tandem_auth::Owner;
use tandem_clock::Timestamp;
use tandem_database::Database;
use tandem_task::domain::Task;
use tandem_task::store::{Migrator, search_terms};

use crate::data::Size;
use crate::measure::database::Place;

/// Tasks per statement.
const BATCH: usize = 2000;

/// Creates and fills the schema.
pub(crate) async fn fill(place: &Place, size: Size) {
    let db = Database::open(&place.settings).await.expect("a database");
    db.migrate::<Migrator>().await.expect("the schema");
    db.close().await;
    let url = place.settings.url.expose();
    match place.is_postgres() {
        true => postgres::fill(url, size).await,
        false => sqlite::fill(url, size).await,
    }
}

/// The search terms of a task.
fn terms(owner: &str, task: &Task) -> Vec<String> {
    search_terms(&Owner::from_row(owner.to_owned()), task)
}

/// The column values of optional fields, including those of missing values.
fn numbers(task: &Task) -> [i64; 3] {
    [
        task.status.kind() as i64 + 1 + if task.deleted.is_some() { 2 } else { 0 },
        task.priority.map_or(0, |it| it as i64 + 1),
        task.due.map_or(i64::MAX, Timestamp::as_micros),
    ]
}
