//! Reading along an index in the order of the list.
//!
//! The walk is a subquery of its own with nothing in it but what the index decides, so that there is one
//! way to run it, whatever statistics the database has or lacks; the filter is asked of what it gives.

use sea_orm::sea_query::{Alias, Asterisk, ExprTrait as _, Query, SelectStatement, SimpleExpr};
use sea_orm::{ColumnTrait as _, Condition, ConnectionTrait, DbBackend, QueryResult};
use tandem_database::Db as _;
use tandem_errors::Error;

use super::wanted::Wanted;
use crate::domain::{Filter, Position, SortField};
use crate::store::entity::{label, task};

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
        if wanted.filter.number.is_some() {
            return true;
        }
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
        let walked = self.steps(wanted, |query| {
            query.column((task::Entity, Asterisk));
            if matches!(self, Self::Label(_)) {
                query.cross_join(task::Entity).and_where(wanted.is_owned());
                let number = label::Column::Number.into_expr();
                query.and_where(number.eq(task::Column::Number.into_expr()));
            }
            // Without a limit, too, there is one in the statement: it keeps the subquery apart.
            query.limit(budget.unwrap_or(i64::MAX as u64));
        });
        let mut query = Query::select();
        query.column((task::Entity, Asterisk)).from_subquery(walked, Alias::new("tasks"));
        query.cond_where(wanted.condition()).limit(wanted.limit);
        if backend == DbBackend::Postgres {
            // SQLite would sort again what comes in this order.
            wanted.sort(&mut query, task::Column::Number.into_expr());
        }
        query
    }

    /// Where the walk stands after `steps`; none where it ends before.
    pub(super) async fn position_of(
        self,
        db: &impl ConnectionTrait,
        wanted: &Wanted<'_>,
        steps: u64,
    ) -> Result<Option<Position>, Error> {
        let query = self.steps(wanted, |query| {
            query.expr_as(self.number(), "number");
            let key = wanted.column().map_or(self.number(), |column| column.into_expr());
            query.expr_as(key, "key").limit(1).offset(steps - 1);
        });
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
    fn steps(
        self,
        wanted: &Wanted<'_>,
        finish: impl FnOnce(&mut SelectStatement),
    ) -> SelectStatement {
        let mut query = Query::select();
        match self {
            Self::Tasks => {
                query.from(task::Entity).and_where(wanted.is_owned());
            }
            Self::Status => {
                query.from(task::Entity).and_where(wanted.is_owned());
                query.cond_where(Condition::all().add_option(wanted.is_of_status()));
            }
            Self::Label(label) => {
                query.from(label::Entity);
                query.and_where(label::Column::Owner.eq(wanted.owner.as_str()));
                query.and_where(label::Column::Label.eq(label));
            }
        }
        query.cond_where(self.range(wanted));
        if let Some(behind) = wanted.behind(self.number()) {
            query.and_where(behind);
        }
        finish(&mut query);
        wanted.sort(&mut query, self.number());
        query
    }

    /// The part of the filter that is one stretch of the index.
    fn range(self, wanted: &Wanted<'_>) -> Condition {
        let number = wanted.filter.number.map(|number| task::Column::Number.eq(number));
        let all = Condition::all().add_option(number);
        match wanted.order.field {
            SortField::Due => all.add_option(wanted.is_due()),
            SortField::Created => all.add_option(wanted.is_created()),
            SortField::Priority => all.add_option(wanted.is_of_priority()),
            SortField::Number | SortField::Updated => all,
        }
    }

    fn number(self) -> SimpleExpr {
        match self {
            Self::Label(_) => label::Column::Number.into_expr(),
            Self::Tasks | Self::Status => task::Column::Number.into_expr(),
        }
    }
}
