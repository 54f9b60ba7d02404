//! The indexes that lists and counts are read by.
//!
//! SQLite chooses among them as it is meant to, from the statement alone. PostgreSQL chooses by what it
//! believes of the owner, which is wrong for somebody with many tasks where a plan is made for all owners
//! alike, or before there are statistics. So there each has a key of its own in the place of the owner,
//! and a statement can be run by no other.

use sea_orm::sea_query::{Expr, ExprTrait as _, SimpleExpr};
use sea_orm::{ColumnTrait as _, DbBackend};
use tandem_auth::Owner;

use super::entity::task;

/// An index of `tasks`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Index {
    /// By number.
    Number,
    /// By time of creation.
    Created,
    /// By time of the last change.
    Updated,
    /// By due time.
    Due,
    /// By priority.
    Priority,
    /// Of the tasks that are not deleted: by status and number.
    Status,
    /// Of those: by status and due time.
    StatusDue,
    /// Of those: by day and number.
    DueDay,
}

impl Index {
    /// The first column of the index, and what it holds for an owner.
    pub(super) fn key(self, backend: DbBackend, owner: &Owner) -> (SimpleExpr, SimpleExpr) {
        match self.letter().filter(|_| backend == DbBackend::Postgres) {
            Some(letter) => (
                Expr::cust(format!("('{letter}' || tasks.owner)")),
                Expr::val(format!("{letter}{}", owner.as_str())),
            ),
            None => (task::Column::Owner.into_expr(), Expr::val(owner.as_str())),
        }
    }

    /// The condition that a task is its owner's.
    pub(super) fn is_of(self, backend: DbBackend, owner: &Owner) -> SimpleExpr {
        let (column, value) = self.key(backend, owner);
        column.eq(value)
    }

    /// What the key begins with; none where it is the owner as it is.
    fn letter(self) -> Option<char> {
        match self {
            Self::Number => None,
            Self::Created => Some('c'),
            Self::Updated => Some('u'),
            Self::Due => Some('d'),
            Self::Priority => Some('p'),
            Self::Status => Some('s'),
            Self::StatusDue => Some('t'),
            Self::DueDay => Some('y'),
        }
    }
}
