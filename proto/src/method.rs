//! The methods of the services, from the contracts' options, and their servers.

/// A method of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Method {
    /// The HTTP/2 path, for example `/tandem.task.v1.TaskService/GetTask`.
    pub path: &'static str,
    /// The maximum duration of a call.
    pub deadline: Deadline,
}

/// `tandem.options.v1.Deadline`: the maximum duration of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deadline {
    /// The ordinary deadline of the service.
    Ordinary,
    /// The longest turn of the agent, and a margin.
    Turn,
    /// None: the call ends by itself, or when its caller leaves.
    Unbounded,
}

/// A generated gRPC server.
pub trait GrpcServer: Sized {
    /// All methods with their deadlines.
    const METHODS: &'static [Method];

    /// The same, refusing larger requests and responses.
    #[must_use]
    fn limit_messages(self, request_bytes: usize, response_bytes: usize) -> Self;
}
