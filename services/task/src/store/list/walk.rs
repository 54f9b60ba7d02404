//! Reading along an index in the order of the list.
//!
//! The walk is a subquery of its own with nothing in it but what the index decides, so that there is one
//! way to run it, whatever statistics the database has or lacks; the filter is asked of what it gives,
//! row by row, and so in its order.

use sea_orm::sea_query::{Asterisk, Expr, ExprTrait as _, Query, SelectStatement, SimpleExpr};
use sea_orm::{ColumnTrait as _, ConnectionTrait, DbBackend, QueryResult};
use tandem_database::Db as _;
use tandem_error::Error;

use super::among::ALL;
use super::stretch::Stretch;
use super::wanted::Wanted;
use crate::domain::{Filter, Position, SortField};
use crate::store::entity::{encode_status, label, task};
use crate::store::indexes::Index;

/// An index that has the order of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Walk<'a> {
    /// Of all tasks.
    Tasks,
    /// Of the tasks of a status that are not deleted, by number or due time.
    Status,
    /// Of the tasks with a label, by number.
    Label(&'a str),
}

impl<'a> Walk<'a> {
    /// The one that passes over the fewest.
    pub(super) fn of(wanted: &Wanted<'a>) -> Self {
        let by_status = wanted.is_of_status().is_some();
        match (wanted.order.field, wanted.filter.labels.first()) {
            (SortField::Number, Some(label)) => Self::Label(label),
            (SortField::Number | SortField::Due, _) if by_status => Self::Status,
            _ => Self::Tasks,
        }
    }

    /// Whether the filter leaves out nothing on it but deleted tasks.
    pub(super) fn is_exact(self, wanted: &Wanted<'_>) -> bool {
        let mut rest = Filter { show_deleted: false, ..wanted.filter.clone() };
        match self {
            Self::Tasks => {}
            Self::Status => rest.status = None,
            Self::Label(_) => drop(rest.labels.remove(0)),
        }
        match wanted.order.field {
            SortField::Due => (rest.due_after, rest.due_before) = (None, None),
            SortField::Created => (rest.created_after, rest.created_before) = (None, None),
            SortField::Priority => rest.priority = None,
            SortField::Number | SortField::Updated => {}
        }
        if (self, wanted.order.field) == (Self::Status, SortField::Due) {
            rest.overdue_at = None;
        }
        rest == Filter::default()
    }

    /// The wanted tasks among the next `budget` of the walk, or all that are left of it.
    pub(super) fn rows(
        self,
        backend: DbBackend,
        wanted: &Wanted<'_>,
        budget: Option<u64>,
    ) -> SelectStatement {
        let mut walked = self.steps(backend, wanted);
        walked.column((task::Entity, Asterisk)).limit(budget.unwrap_or(ALL));
        if let Self::Label(_) = self {
            let number = label::Column::Number.into_expr();
            walked.cross_join(task::Entity).and_where(wanted.is_owned());
            walked.and_where(number.eq(task::Column::Number.into_expr()));
        }
        wanted.among(walked, if let Self::Label(label) = self { Some(label) } else { None })
    }

    /// Where the walk stands after `steps`; none where it ends before.
    pub(super) async fn position_of(
        self,
        db: &impl ConnectionTrait,
        wanted: &Wanted<'_>,
        steps: u64,
    ) -> Result<Option<Position>, Error> {
        let mut query = self.steps(db.get_database_backend(), wanted);
        query.expr_as(self.number(), "number");
        let key = wanted.column().map_or(self.number(), |column| column.into_expr());
        query.expr_as(key, "key").limit(1).offset(steps - 1);
        let row = db.query_one(&query).await.db()?;
        let read = |row: QueryResult| {
            let key = match wanted.order.field {
                SortField::Priority => row.try_get::<i16>("", "key")?.into(),
                _ => row.try_get("", "key")?,
            };
            Ok(Position { key, number: row.try_get("", "number")? })
        };
        row.map(read).transpose().db()
    }

    /// The index from where the page begins, in order.
    fn steps(self, backend: DbBackend, wanted: &Wanted<'_>) -> SelectStatement {
        let (owner, mut query) = (wanted.owner, Query::select());
        let prefix = match self {
            Self::Tasks => {
                query.from(task::Entity);
                vec![wanted.index().key(backend, owner)]
            }
            Self::Status => {
                query.from(task::Entity).and_where(task::Column::DeleteTime.is_null());
                let index = match wanted.order.field {
                    SortField::Due => Index::StatusDue,
                    _ => Index::Status,
                };
                let status = Expr::val(wanted.status().map(encode_status));
                vec![index.key(backend, owner), (task::Column::Status.into_expr(), status)]
            }
            Self::Label(label) => {
                query.from(label::Entity);
                let owner = (label::Column::Owner.into_expr(), Expr::val(owner.as_str()));
                vec![owner, (label::Column::Label.into_expr(), Expr::val(label))]
            }
        };
        Stretch { prefix, number: self.number() }.read(wanted, &mut query);
        query
    }

    fn number(self) -> SimpleExpr {
        match self {
            Self::Label(_) => label::Column::Number.into_expr(),
            Self::Tasks | Self::Status => task::Column::Number.into_expr(),
        }
    }
}
