//! Errors of model calls.

use std::fmt;
use std::time::Duration;

/// Maximum length of a provider's message in the log, in characters.
const MAX_MESSAGE_CHARS: usize = 500;

/// A failed model call. The message may quote the provider and is for the log only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    kind: Kind,
    message: String,
    retry_after: Option<Duration>,
}

/// The kind of failure; determines whether the call is retried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Unreachable or overloaded. Retryable.
    Unavailable,
    /// The response is incomplete or cannot be parsed. Retryable.
    InvalidResponse,
    /// The response has neither text nor tool calls. Retryable.
    Empty,
    /// No data within the idle timeout. Not retryable, because each attempt takes the whole timeout.
    IdleTimeout,
    /// The provider rejected the request. A retry has the same result.
    Rejected,
    /// The provider accepts no request for now, such as for an account without credit. Not retryable.
    Exhausted,
}

impl Error {
    /// The provider is unreachable or overloaded.
    pub fn unavailable(message: impl Into<String>) -> Self {
        Self::new(Kind::Unavailable, message)
    }

    /// The response is incomplete or cannot be parsed.
    pub fn invalid_response(message: impl Into<String>) -> Self {
        Self::new(Kind::InvalidResponse, message)
    }

    /// The provider sent nothing within the idle timeout.
    pub fn idle_timeout(message: impl Into<String>) -> Self {
        Self::new(Kind::IdleTimeout, message)
    }

    /// The provider rejected the request.
    pub fn rejected(message: impl Into<String>) -> Self {
        Self::new(Kind::Rejected, message)
    }

    /// The response has neither text nor tool calls.
    #[must_use]
    pub fn empty() -> Self {
        Self::new(Kind::Empty, "neither text nor a tool call")
    }

    /// The provider accepts no request for now, and a retry soon has the same result.
    pub fn exhausted(message: impl Into<String>) -> Self {
        Self::new(Kind::Exhausted, message)
    }

    fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), retry_after: None }
    }

    /// Sets the delay that the provider requested.
    #[must_use]
    pub fn with_retry_after(self, retry_after: Option<Duration>) -> Self {
        Self { retry_after, ..self }
    }

    /// Replaces each occurrence of `secret` in the message with asterisks.
    #[must_use]
    pub fn redact(self, secret: &str) -> Self {
        if secret.is_empty() {
            return self;
        }
        Self { message: self.message.replace(secret, "***"), ..self }
    }

    /// The delay before the next call that the provider requested, if any.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// Whether the provider rejected this request, and may accept others.
    #[must_use]
    pub fn is_rejected(&self) -> bool {
        self.kind == Kind::Rejected
    }

    /// Whether the response had neither text nor tool calls.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.kind == Kind::Empty
    }

    /// The words of a provider that refused the request for its fields (status 400 or 422).
    pub(crate) fn refused_field_text(&self) -> Option<&str> {
        let is_refused = ["400", "422"].iter().any(|status| self.message.starts_with(status));
        (self.is_rejected() && is_refused).then_some(&self.message)
    }

    /// Whether a retry with the same provider may succeed.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        matches!(self.kind, Kind::Unavailable | Kind::InvalidResponse | Kind::Empty)
    }
}

/// A single line of bounded length, whatever the provider sent.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            Kind::Unavailable => "unavailable",
            Kind::InvalidResponse => "invalid response",
            Kind::Empty => "empty response",
            Kind::IdleTimeout => "idle timeout",
            Kind::Rejected => "rejected",
            Kind::Exhausted => "exhausted",
        };
        write!(f, "{kind}: ")?;
        for character in self.message.chars().take(MAX_MESSAGE_CHARS) {
            write!(f, "{}", if is_safe_to_log(character) { character } else { ' ' })?;
        }
        if self.message.chars().nth(MAX_MESSAGE_CHARS).is_some() {
            f.write_str("…")
        } else {
            Ok(())
        }
    }
}

impl std::error::Error for Error {}

/// Whether a character is neither a line break or other control character nor one that changes the
/// text direction.
fn is_safe_to_log(character: char) -> bool {
    let is_bidirectional_control = matches!(
        character,
        '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    );
    !character.is_control() && !is_bidirectional_control
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_one_bounded_line() {
        let message = format!("no\r\n\u{1b}[31mway\u{202e}\u{2028}{}", "x".repeat(10_000));
        let shown = Error::unavailable(message).to_string();
        assert!(shown.starts_with("unavailable: no   [31mway  xxx"), "{shown}");
        assert!(shown.ends_with("x…") && shown.chars().count() < 520, "{shown}");
    }

    #[test]
    fn secrets_are_redacted() {
        let error = Error::rejected("bad key sk-1, not sk-1!").redact("sk-1").redact("");
        assert_eq!(error.to_string(), "rejected: bad key ***, not ***!");
        assert!(!format!("{error:?}").contains("sk-1"));
    }
}
