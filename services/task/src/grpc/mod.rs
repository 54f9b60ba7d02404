//! The gRPC surface: [`service`] lists the methods, [`task`] and [`watch`] implement them, [`wire`]
//! converts between messages and domain types.

mod service;
mod task;
mod watch;
mod wire;

use std::time::Duration;

use tandem_aip::page::PageTokenKey;
use tandem_clock::Clock;
use tandem_database::Database;
use tandem_server::StreamSettings;
use tokio_util::sync::CancellationToken;

use crate::config::WatchSettings;
use crate::store::{ChangeNotifier, TaskWriter};

/// Serves `tandem.task.v1.TaskService`.
#[derive(Clone)]
pub struct TaskApi {
    pub db: Database,
    pub writer: TaskWriter,
    pub clock: Clock,
    pub notifier: ChangeNotifier,
    /// How long a deleted task is kept before it may be purged.
    pub retention: Duration,
    /// Tolerance for expired tokens.
    pub leeway: Duration,
    /// Authenticates page and resume tokens.
    pub page_token_key: PageTokenKey,
    pub watch: WatchSettings,
    pub streams: StreamSettings,
    /// Ends all watches when cancelled.
    pub shutdown: CancellationToken,
}
