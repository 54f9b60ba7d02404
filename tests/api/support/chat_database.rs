//! The chat service's database, for states that no method shows.

use std::time::Duration;

use sea_orm::{ConnectionTrait as _, Statement};
use tandem_database::Database;
use tokio::time::{interval, timeout};
use uuid::Uuid;

use crate::support::app::App;
use crate::support::stub_tasks::LIMIT;

/// Waits until the cancellation of a turn is stored. The call that requests it returns at the turn's end.
pub(crate) async fn cancel_requested(app: &App, turn_id: &str) {
    let db = Database::open(app.chat_database()).await.expect("a database");
    let id = Uuid::try_parse(turn_id).expect("an id");
    let mut again = interval(Duration::from_millis(10));
    let stored = async {
        loop {
            again.tick().await;
            let sql = "SELECT cancel_requested FROM turns WHERE id = $1";
            let query = Statement::from_sql_and_values(db.backend(), sql, [id.into()]);
            let row = db.reader().query_one_raw(query).await.expect("a row").expect("the turn");
            if row.try_get::<bool>("", "cancel_requested").expect("a flag") {
                return;
            }
        }
    };
    timeout(LIMIT, stored).await.expect("a cancellation in time");
    db.close().await;
}
