//! Settings of a gRPC server: the address and the limits.

use std::net::SocketAddr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tandem_config::{HumanDuration, Rules, ValidateConfig};

/// The gRPC server.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The address to listen on.
    #[schemars(with = "String")]
    pub listen: SocketAddr,
    /// Whether server reflection describes the API to clients.
    pub reflection: bool,
    /// How long running calls may take to finish after the signal to stop.
    pub shutdown_timeout: HumanDuration,
    /// The deadline of calls that are neither streams nor wait for a turn. Longer than 0s.
    pub deadline: HumanDuration,
    /// Time between two readiness checks, and the limit of each. Longer than 0s.
    pub health_check_interval: HumanDuration,
    /// Calls that run at once; more are refused. At least 1.
    pub max_concurrent_requests: usize,
    /// Streams and calls that wait for a turn that run at once; more are refused. At least 1.
    pub max_concurrent_long_requests: usize,
    /// Concurrent calls of a connection; more wait at the client. At least 1.
    pub max_concurrent_streams: u32,
    /// The largest request, in bytes. At least 1.
    pub max_request_bytes: usize,
    /// The largest response, in bytes; larger than a request, because a response contains what was
    /// accepted and what the service adds. Clients accept 4 MiB by default. At least 1.
    pub max_response_bytes: usize,
    /// The largest request headers, in bytes. At least 4096: a token must fit.
    pub max_header_bytes: u32,
    /// Time without traffic after which a connection is pinged. Longer than 0s.
    pub keepalive_interval: HumanDuration,
    /// How long a ping may stay unanswered before the connection is closed. Longer than 0s.
    pub keepalive_timeout: HumanDuration,
    /// The age at which clients are asked to reconnect, so that they spread over new replicas; running
    /// calls finish first. Longer than 0s.
    pub max_connection_age: HumanDuration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 50051)),
            reflection: true,
            shutdown_timeout: HumanDuration::from_secs(20),
            deadline: HumanDuration::from_secs(10),
            health_check_interval: HumanDuration::from_secs(2),
            max_concurrent_requests: 512,
            max_concurrent_long_requests: 16_384,
            max_concurrent_streams: 256,
            max_request_bytes: 1024 * 1024,
            max_response_bytes: 4 * 1024 * 1024,
            max_header_bytes: 16 * 1024,
            keepalive_interval: HumanDuration::from_secs(30),
            keepalive_timeout: HumanDuration::from_secs(10),
            max_connection_age: HumanDuration::from_mins(30),
        }
    }
}

impl ValidateConfig for Settings {
    fn validate(&self) -> Vec<String> {
        // Every field by name: a new one does not compile until its rule is considered.
        let Self {
            listen: _,
            reflection: _,
            shutdown_timeout: _,
            deadline: _,
            health_check_interval: _,
            max_concurrent_requests: _,
            max_concurrent_long_requests: _,
            max_concurrent_streams: _,
            max_request_bytes: _,
            max_response_bytes: _,
            max_header_bytes: _,
            keepalive_interval: _,
            keepalive_timeout: _,
            max_connection_age: _,
        } = self;
        Rules::new()
            .positive("deadline", self.deadline)
            .positive("health_check_interval", self.health_check_interval)
            .positive("max_concurrent_requests", self.max_concurrent_requests)
            .positive("max_concurrent_long_requests", self.max_concurrent_long_requests)
            .positive("max_concurrent_streams", self.max_concurrent_streams)
            .positive("max_request_bytes", self.max_request_bytes)
            .positive("max_response_bytes", self.max_response_bytes)
            .positive("keepalive_interval", self.keepalive_interval)
            .positive("keepalive_timeout", self.keepalive_timeout)
            .positive("max_connection_age", self.max_connection_age)
            .require(
                "max_header_bytes",
                self.max_header_bytes >= 4096,
                "must be at least 4096: a token must fit",
            )
            .violations()
    }
}
