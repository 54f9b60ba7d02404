//! Which methods are no ordinary unary calls.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

/// The paths of the health service.
pub(crate) const HEALTH: &str = "/grpc.health.v1.Health/";

/// The one call of the health service that is no stream.
pub(crate) const HEALTH_CHECK: &str = "/grpc.health.v1.Health/Check";

/// How long a stream of reflection may take: a client asks what it wants to know, and leaves.
const REFLECTION: Duration = Duration::from_secs(30);

/// The paths of health and reflection, which serve the operation and not a user.
pub(crate) const INFRASTRUCTURE: &str = "/grpc.";

/// The methods that may take longer than others: streams, and calls that wait for a turn. They have
/// their own deadline and their own limit on how many run at once.
#[derive(Debug, Clone, Default)]
pub struct LongMethods(Arc<HashMap<String, Option<Duration>>>);

impl LongMethods {
    /// Takes the path of each method (`/tandem.task.v1.TaskService/WatchTasks`) and its deadline:
    /// `None` lets a call run until the caller leaves.
    #[must_use]
    pub fn new<P: Into<String>>(methods: impl IntoIterator<Item = (P, Option<Duration>)>) -> Self {
        Self(Arc::new(methods.into_iter().map(|(path, limit)| (path.into(), limit)).collect()))
    }

    /// The deadline of a long method; `None` for the others.
    pub(crate) fn deadline(&self, path: &str) -> Option<Option<Duration>> {
        if path.starts_with(HEALTH) {
            return Some(None);
        }
        if path.starts_with(INFRASTRUCTURE) {
            return Some(Some(REFLECTION));
        }
        self.0.get(path).copied()
    }
}
