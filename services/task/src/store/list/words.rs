//! Pages of tasks with certain words, from the search index.

mod postgres;
mod sqlite;

use sea_orm::{ConnectionTrait, DbBackend};
use tandem_error::Error;

use super::wanted::Wanted;
use crate::store::entity::task;

/// The first rows of what is wanted, which names words.
pub(super) async fn rows(
    db: &impl ConnectionTrait,
    wanted: Wanted<'_>,
) -> Result<Vec<task::Model>, Error> {
    match db.get_database_backend() {
        DbBackend::Postgres => postgres::rows(db, wanted).await,
        _ => sqlite::rows(db, wanted).await,
    }
}
