//! Errors that only one service has.

use tandem_proto::errors::ErrorReason;

use crate::Error;

/// An error with a reason that belongs to one service. The service's crate has a constructor for each of
/// its reasons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceError {
    /// Selects the status code.
    pub class: Class,
    /// The reason in the `ErrorInfo`.
    pub reason: ErrorReason,
    /// The message for the caller.
    pub message: String,
    /// The metadata of the `ErrorInfo`.
    pub metadata: Vec<(&'static str, String)>,
}

/// The kinds of service errors: each is one status code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// ABORTED: a concurrent operation prevents this one.
    Conflict,
    /// RESOURCE_EXHAUSTED: the operation reached a limit.
    LimitReached,
    /// ABORTED: the operation had an effect and ended without its result. No service mesh repeats a call
    /// with this code by itself.
    Aborted,
    /// INTERNAL: the caller gets the request's id, to quote it.
    Internal,
}

impl ServiceError {
    /// An error without metadata.
    pub fn new(class: Class, reason: ErrorReason, message: impl Into<String>) -> Self {
        Self { class, reason, message: message.into(), metadata: Vec::new() }
    }

    /// Adds an entry to the metadata.
    #[must_use]
    pub fn with_metadata(mut self, key: &'static str, value: impl ToString) -> Self {
        self.metadata.push((key, value.to_string()));
        self
    }
}

impl From<ServiceError> for Error {
    fn from(error: ServiceError) -> Self {
        Self::Service(Box::new(error))
    }
}
