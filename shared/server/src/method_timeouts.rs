//! The methods with a deadline of their own.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tandem_proto::{Deadline, Method};

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

    /// The methods with a deadline of their own in the contract. `turn` is the deadline of those that wait
    /// for a turn; `None` lets them run until the client leaves.
    #[must_use]
    pub fn from_contract(methods: &[Method], turn: Option<Duration>) -> Self {
        Self::new(methods.iter().filter_map(|method| match method.deadline {
            Deadline::Ordinary => None,
            Deadline::Turn => Some((method.path, turn)),
            Deadline::Unbounded => Some((method.path, None)),
        }))
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

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    #[test]
    fn deadlines_follow_the_contract() {
        let method = |path, deadline| Method { path, deadline };
        let methods = [
            method("/test.Service/Get", Deadline::Ordinary),
            method("/test.Service/Chat", Deadline::Turn),
            method("/test.Service/Watch", Deadline::Unbounded),
        ];
        let timeouts = MethodTimeouts::from_contract(&methods, Some(MINUTE));
        let deadlines = methods.map(|method| timeouts.find(method.path));
        assert_eq!(deadlines, [None, Some(Some(MINUTE)), Some(None)]);
        assert_eq!(timeouts.find("/test.Service/Unknown"), None);
    }

    #[test]
    fn timeouts_of_the_services() {
        let methods = [tandem_proto::chat::METHODS, tandem_proto::task::METHODS].concat();
        let timeouts = MethodTimeouts::from_contract(&methods, Some(MINUTE));
        let named = |limit: Option<Duration>| {
            let mut paths = methods.iter().map(|method| method.path).collect::<Vec<_>>();
            paths.retain(|path| timeouts.find(path) == Some(limit));
            paths.iter().filter_map(|path| path.rsplit('/').next()).collect::<Vec<_>>()
        };
        let turns = ["CreateMessage", "StreamMessage", "Chat", "FollowTurn", "CancelTurn"];
        assert_eq!(named(Some(MINUTE)), turns);
        assert_eq!(named(None), ["ExportConversation", "WatchTasks"]);
    }
}
