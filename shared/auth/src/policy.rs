//! The access policy of a service. Methods that it does not name need a valid token.

use crate::Scope;

/// The rules of a service, by method path. Public methods take precedence over required scopes.
#[derive(Debug, Clone)]
pub struct Policy {
    rules: Vec<(String, Access)>,
}

/// The requirement of a method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    Public,
    /// A valid token.
    Authenticated,
    /// A valid token with this scope.
    Scoped(Scope),
}

impl Policy {
    /// A policy under which every method needs a valid token.
    #[must_use]
    pub fn deny_by_default() -> Self {
        Self { rules: Vec::new() }
    }

    /// Makes all methods of a service public (`/package.Service/`, with the trailing slash), or a single
    /// one (`/package.Service/Method`).
    #[must_use]
    pub fn public(mut self, path: &str) -> Self {
        self.rules.insert(0, (path.to_owned(), Access::Public));
        self
    }

    /// Requires `scope` for all methods of `service`, such as `tandem.task.v1.TaskService`.
    #[must_use]
    pub fn require(mut self, service: &str, scope: Scope) -> Self {
        self.rules.push((format!("/{service}/"), Access::Scoped(scope)));
        self
    }

    /// The requirement for a call of `path`.
    pub(crate) fn required_access(&self, path: &str) -> Access {
        let rule = self.rules.iter().find(|(pattern, _)| matches_path(pattern, path));
        rule.map_or(Access::Authenticated, |(_, access)| *access)
    }
}

fn matches_path(pattern: &str, path: &str) -> bool {
    if pattern.ends_with('/') { path.starts_with(pattern) } else { path == pattern }
}
