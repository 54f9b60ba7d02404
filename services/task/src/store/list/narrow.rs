//! Reading the tasks of a filter's own index, where they are few, and sorting them.

use sea_orm::sea_query::{Alias, Expr, ExprTrait as _, Query, SelectStatement};
use sea_orm::{ColumnTrait as _, Condition, ConnectionTrait, DbBackend};
use tandem_database::Db as _;
use tandem_error::Error;

use super::among::ALL;
use super::walk::Walk;
use super::wanted::Wanted;
use crate::domain::SortField;
use crate::store::entity::{label, task};
use crate::store::indexes::Index;

/// The tasks that one part of the filter leaves.
#[derive(Debug)]
pub(super) struct Narrow<'a>(Part<'a>);

/// A part of the filter that has an index.
#[derive(Debug)]
enum Part<'a> {
    Label(&'a str),
    Column(Index, Condition),
}

impl<'a> Narrow<'a> {
    /// The part that leaves the fewest tasks, at most `few`. Counts no further than it has to, in the
    /// indexes alone.
    pub(super) async fn of(
        db: &impl ConnectionTrait,
        wanted: &Wanted<'a>,
        walk: &Walk<'a>,
        few: u64,
    ) -> Result<Option<Self>, Error> {
        let mut fewest = None;
        let mut most = few;
        for part in parts(wanted, walk) {
            let count = part.count(db, wanted, most + 1).await?;
            if count <= most {
                most = count;
                fewest = Some(Self(part));
            }
        }
        Ok(fewest)
    }

    /// The first of the wanted tasks. Only their numbers and keys are sorted.
    pub(super) fn rows(&self, backend: DbBackend, wanted: &Wanted<'_>) -> SelectStatement {
        let number = || task::Column::Number.into_expr();
        let mut few = Query::select();
        few.expr_as(number(), "number");
        if let Some(column) = wanted.column() {
            few.expr_as(column.into_expr(), "key");
        }
        self.0.find(backend, &mut few, wanted);
        if let Part::Label(_) = self.0 {
            few.cross_join(task::Entity).and_where(wanted.is_owned());
            few.and_where(label::Column::Number.into_expr().eq(number()));
        }
        few.and_where_option(wanted.behind(number()));
        wanted.sort(&mut few, number());
        few.limit(ALL);
        wanted.among_numbers(backend, few)
    }
}

impl Part<'_> {
    /// How many tasks it leaves, counted up to `most`.
    async fn count(
        &self,
        db: &impl ConnectionTrait,
        wanted: &Wanted<'_>,
        most: u64,
    ) -> Result<u64, Error> {
        let mut rows = Query::select();
        rows.expr_as(Expr::val(1), "one").limit(most);
        self.find(db.get_database_backend(), &mut rows, wanted);
        let mut count = Query::select();
        count.expr_as(Expr::cust("COUNT(*)"), "count").from_subquery(rows, Alias::new("few"));
        let row = db.query_one(&count).await.db()?;
        let row = row.ok_or_else(|| Error::internal("COUNT gave no row"))?;
        u64::try_from(row.try_get::<i64>("", "count").db()?).map_err(Error::internal)
    }

    fn find(&self, backend: DbBackend, query: &mut SelectStatement, wanted: &Wanted<'_>) {
        match self {
            Self::Label(label) => {
                query.from(label::Entity);
                query.and_where(label::Column::Owner.eq(wanted.owner.as_str()));
                query.and_where(label::Column::Label.eq(*label));
            }
            Self::Column(index, condition) => {
                query.from(task::Entity).and_where(index.is_of(backend, wanted.owner));
                query.cond_where(condition.clone());
            }
        }
    }
}

/// The parts of the filter that the walk does not go by.
fn parts<'a>(wanted: &Wanted<'a>, walk: &Walk<'a>) -> Vec<Part<'a>> {
    let all = Condition::all;
    let field = wanted.order.field;
    let labels = wanted.filter.labels.iter().map(String::as_str);
    let labels = labels.filter(|label| *walk != Walk::Label(label)).map(Part::Label);
    let due = match wanted.is_of_status() {
        Some(status) => (Index::StatusDue, wanted.is_due().map(|due| all().add(status).add(due))),
        None => (Index::Due, wanted.is_due()),
    };
    let priority = wanted.is_of_priority().map(|priority| all().add(priority));
    let columns = [
        (due.0, due.1, field == SortField::Due),
        (Index::Created, wanted.is_created(), field == SortField::Created),
        (Index::Priority, priority, field == SortField::Priority),
        (Index::Status, wanted.is_of_status(), *walk == Walk::Status),
    ];
    let columns = columns.into_iter().filter(|(_, _, is_walked)| !is_walked);
    let columns = columns.filter_map(|(index, part, _)| Some(Part::Column(index, part?)));
    labels.chain(columns).collect()
}
