//! The wire: [`service`] is the list of methods, [`task`] and [`watch`] are what they do; [`wire`] makes
//! messages into domain types and back.

mod service;
mod task;
mod watch;
mod wire;

use tandem_database::Database;
use tandem_server::Clock;
use tokio_util::sync::CancellationToken;

use crate::store::{Door, Watchers};

/// Serves `tandem.task.v1.TaskService`.
#[derive(Clone)]
pub struct TaskApi {
    db: Database,
    door: Door,
    clock: Clock,
    watchers: Watchers,
    shutdown: CancellationToken,
}

impl TaskApi {
    /// Serves the tasks in `db`, which `door` changes; `watchers` are told of changes, and end when
    /// `shutdown` is cancelled.
    #[must_use]
    pub fn new(
        db: Database,
        door: Door,
        clock: Clock,
        watchers: Watchers,
        shutdown: CancellationToken,
    ) -> Self {
        Self { db, door, clock, watchers, shutdown }
    }
}
