//! Which methods need what. What is not named needs a valid token.

use crate::Scope;

/// The rules of a service, by method path. A public method stays public whatever else is said of it.
#[derive(Debug, Clone)]
pub struct Policy {
    rules: Vec<(String, Access)>,
}

/// What a call needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// Nothing.
    Public,
    /// A valid token.
    Authenticated,
    /// A valid token with this scope.
    Scoped(Scope),
}

impl Policy {
    /// Every method needs a valid token.
    #[must_use]
    pub fn deny_by_default() -> Self {
        Self { rules: Vec::new() }
    }

    /// Lets everyone call all methods of a service (`/package.Service/`, with the slash at the end) or
    /// a single one (`/package.Service/Method`).
    #[must_use]
    pub fn public(mut self, path: &str) -> Self {
        self.rules.insert(0, (path.to_owned(), Access::Public));
        self
    }

    /// Asks for `scope` in all methods of `service`, such as `tandem.task.v1.TaskService`.
    #[must_use]
    pub fn require(mut self, service: &str, scope: Scope) -> Self {
        self.rules.push((format!("/{service}/"), Access::Scoped(scope)));
        self
    }

    /// What a call of `path` needs.
    pub(crate) fn access(&self, path: &str) -> Access {
        let applies = |pattern: &str| match pattern.ends_with('/') {
            true => path.starts_with(pattern),
            false => path == pattern,
        };
        let rule = self.rules.iter().find(|(pattern, _)| applies(pattern));
        rule.map_or(Access::Authenticated, |(_, access)| *access)
    }
}
