//! Why a model gave no answer.

use std::fmt;
use std::time::Duration;

/// How much of what a provider said is shown, in characters.
const LONGEST: usize = 500;

/// Why a model gave no answer. What the provider said is for the log alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    kind: Kind,
    words: String,
    retry_after: Option<Duration>,
}

/// What can be done about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Cannot be reached, or has too much to do: another try may succeed.
    Unavailable,
    /// Broke off, or answered what cannot be read: another try may succeed.
    Broken,
    /// Says nothing. It was waited for long enough.
    Silent,
    /// Does not take the call: another try ends the same.
    Refused,
}

impl Error {
    /// The provider cannot be reached, or has too much to do.
    pub fn unavailable(words: impl Into<String>) -> Self {
        Self::new(Kind::Unavailable, words)
    }

    /// The answer broke off or cannot be read.
    pub fn broken(words: impl Into<String>) -> Self {
        Self::new(Kind::Broken, words)
    }

    /// The provider says nothing any more.
    pub fn silent(words: impl Into<String>) -> Self {
        Self::new(Kind::Silent, words)
    }

    /// The provider does not take the call.
    pub fn refused(words: impl Into<String>) -> Self {
        Self::new(Kind::Refused, words)
    }

    fn new(kind: Kind, words: impl Into<String>) -> Self {
        Self { kind, words: words.into(), retry_after: None }
    }

    /// The same, where the provider says how long to wait.
    #[must_use]
    pub fn wait(self, retry_after: Option<Duration>) -> Self {
        Self { retry_after, ..self }
    }

    /// The same without a secret, wherever the provider repeated it.
    #[must_use]
    pub fn without(self, secret: &str) -> Self {
        if secret.is_empty() {
            return self;
        }
        Self { words: self.words.replace(secret, "***"), ..self }
    }

    /// How long the provider wants not to be asked again, where it says so.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// Whether it was the call that the provider did not take.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        self.kind == Kind::Refused
    }

    /// Whether the same provider may answer when it is asked again.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        matches!(self.kind, Kind::Unavailable | Kind::Broken)
    }
}

/// One line of bounded length, whatever the provider said.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            Kind::Unavailable => "unavailable",
            Kind::Broken => "broken answer",
            Kind::Silent => "silent",
            Kind::Refused => "refused",
        };
        write!(f, "{kind}: ")?;
        for character in self.words.chars().take(LONGEST) {
            write!(f, "{}", if is_harmless(character) { character } else { ' ' })?;
        }
        if self.words.chars().nth(LONGEST).is_some() { f.write_str("…") } else { Ok(()) }
    }
}

impl std::error::Error for Error {}

/// Whether a character can neither end a line of the log nor change how it is read.
fn is_harmless(character: char) -> bool {
    let rewrites = matches!(
        character,
        '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    );
    !character.is_control() && !rewrites
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_log_is_one_line_and_bounded() {
        let words = format!("no\r\n\u{1b}[31mway\u{202e}\u{2028}{}", "x".repeat(10_000));
        let shown = Error::unavailable(words).to_string();
        assert!(shown.starts_with("unavailable: no   [31mway  xxx"), "{shown}");
        assert!(shown.ends_with("x…") && shown.chars().count() < 520, "{shown}");
    }

    #[test]
    fn a_secret_is_nowhere() {
        let error = Error::refused("bad key sk-1, not sk-1!").without("sk-1").without("");
        assert_eq!(error.to_string(), "refused: bad key ***, not ***!");
        assert!(!format!("{error:?}").contains("sk-1"));
    }
}
