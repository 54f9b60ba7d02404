//! The methods with a deadline of their own.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

/// The paths of the health service.
pub(crate) const HEALTH: &str = "/grpc.health.v1.Health/";

/// The only unary method of the health service.
pub(crate) const HEALTH_CHECK: &str = "/grpc.health.v1.Health/Check";

/// The deadline of a reflection stream.
const REFLECTION_TIMEOUT: Duration = Duration::from_secs(30);

/// The paths of health and reflection.
pub(crate) const INFRASTRUCTURE: &str = "/grpc.";

/// The methods that may take longer than others: streams, and calls that wait for a turn. They have
/// deadlines and a concurrency limit of their own.
#[derive(Debug, Clone, Default)]
pub struct MethodTimeouts(Arc<HashMap<String, Option<Duration>>>);

impl MethodTimeouts {
    /// The path of each method (`/tandem.task.v1.TaskService/WatchTasks`) and its deadline; `None` lets a
    /// call run until the client leaves.
    #[must_use]
    pub fn new<P: Into<String>>(methods: impl IntoIterator<Item = (P, Option<Duration>)>) -> Self {
        Self(Arc::new(methods.into_iter().map(|(path, limit)| (path.into(), limit)).collect()))
    }

    /// The deadline of a listed method; `None` for the others.
    pub(crate) fn find(&self, path: &str) -> Option<Option<Duration>> {
        if path.starts_with(HEALTH) {
            return Some(None);
        }
        if path.starts_with(INFRASTRUCTURE) {
            return Some(Some(REFLECTION_TIMEOUT));
        }
        self.0.get(path).copied()
    }
}
