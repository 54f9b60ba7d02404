//! The wire: [`service`] is the list of methods, [`task`] and [`watch`] are what they do; [`wire`] makes
//! messages into domain types and back.

mod service;
mod task;
mod watch;
mod wire;

use std::time::Duration;

use tandem_clock::Clock;
use tandem_database::Database;
use tokio_util::sync::CancellationToken;

use crate::store::{Door, Watchers};

/// Serves `tandem.task.v1.TaskService`.
#[derive(Clone)]
pub struct TaskApi {
    /// Where the tasks are.
    pub db: Database,
    /// What changes them.
    pub door: Door,
    /// Says what time it is.
    pub clock: Clock,
    /// Those who are told of changes.
    pub watchers: Watchers,
    /// How long a token is accepted after it has expired.
    pub leeway: Duration,
    /// Ends the watches.
    pub shutdown: CancellationToken,
}
