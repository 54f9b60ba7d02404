//! Settings of a gRPC server: the address and the limits.

use std::net::SocketAddr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// How a service is served; the section `server`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// The address to listen on. Default 127.0.0.1:50051; each service sets its own port.
    pub listen: SocketAddr,
    /// Whether the contracts can be read by server reflection. Default true.
    pub reflection: bool,
    /// How long running calls may take to end after the signal to stop, in seconds. Default 20.
    pub shutdown_seconds: u64,
    /// The deadline of calls that are neither streams nor turns, in seconds. Default 10.
    pub deadline_seconds: u64,
    /// How often the service is asked whether it is ready, in seconds. Default 2.
    pub health_seconds: u64,
    /// Calls that run at once before more are refused. Default 512.
    pub max_concurrent_requests: usize,
    /// Streams and turns that run at once before more are refused. Default 16,384.
    pub max_concurrent_long_requests: usize,
    /// Calls that a connection may have at once; more wait on the caller's side. Default 256.
    pub max_concurrent_streams: u32,
    /// The largest request, in bytes. Default 1 MiB.
    pub max_message_bytes: usize,
    /// The largest answer, in bytes: what was accepted can be read, with all that the service adds.
    /// Default 4 MiB, which clients accept as a rule.
    pub max_answer_bytes: usize,
    /// The largest headers of a call, in bytes. Default 16 KiB.
    pub max_header_bytes: u32,
    /// How long a connection may be silent before it is asked for a sign of life, in seconds. Default 30.
    pub keepalive_seconds: u64,
    /// How long to wait for that sign before the connection is closed, in seconds. Default 10.
    pub keepalive_timeout_seconds: u64,
    /// The age at which a connection is asked to go, so that callers spread over new replicas; its
    /// running calls end first. In seconds. Default 1800.
    pub max_connection_age_seconds: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 50051)),
            reflection: true,
            shutdown_seconds: 20,
            deadline_seconds: 10,
            health_seconds: 2,
            max_concurrent_requests: 512,
            max_concurrent_long_requests: 16_384,
            max_concurrent_streams: 256,
            max_message_bytes: 1024 * 1024,
            max_answer_bytes: 4 * 1024 * 1024,
            max_header_bytes: 16 * 1024,
            keepalive_seconds: 30,
            keepalive_timeout_seconds: 10,
            max_connection_age_seconds: 1800,
        }
    }
}

impl Settings {
    /// What is wrong with the values, each as `<key>: <what is wrong>`.
    #[must_use]
    pub fn validate(&self) -> Vec<String> {
        let at_least_one = [
            ("deadline_seconds", self.deadline_seconds),
            ("health_seconds", self.health_seconds),
            ("max_concurrent_requests", self.max_concurrent_requests as u64),
            ("max_concurrent_long_requests", self.max_concurrent_long_requests as u64),
            ("max_concurrent_streams", u64::from(self.max_concurrent_streams)),
            ("max_message_bytes", self.max_message_bytes as u64),
            ("max_answer_bytes", self.max_answer_bytes as u64),
            ("keepalive_seconds", self.keepalive_seconds),
            ("keepalive_timeout_seconds", self.keepalive_timeout_seconds),
            ("max_connection_age_seconds", self.max_connection_age_seconds),
        ];
        let zero = at_least_one.iter().filter(|(_, value)| *value == 0);
        let mut faults: Vec<_> =
            zero.map(|(key, _)| format!("{key}: must be at least 1")).collect();
        if self.max_header_bytes < 4096 {
            faults.push("max_header_bytes: must be at least 4096: a token must fit".to_owned());
        }
        faults
    }

    /// The deadline of calls that are neither streams nor turns.
    #[must_use]
    pub fn deadline(&self) -> Duration {
        Duration::from_secs(self.deadline_seconds)
    }
}
