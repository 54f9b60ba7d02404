//! Reading the tasks of a filter's own index, where they are few, and sorting them.

use sea_orm::sea_query::{Alias, Asterisk, Expr, ExprTrait as _, Query, SelectStatement};
use sea_orm::{ColumnTrait as _, Condition, ConnectionTrait, DbBackend};
use tandem_database::Db as _;
use tandem_errors::Error;

use super::walk::Walk;
use super::wanted::Wanted;
use crate::domain::SortField;
use crate::store::entity::{label, task};

/// What the subquery of the numbers is called.
const FEW: &str = "few";

/// The tasks that one part of the filter leaves, and how many they are.
#[derive(Debug)]
pub(super) struct Narrow<'a> {
    part: Part<'a>,
    count: u64,
}

/// A part of the filter that has an index.
#[derive(Debug)]
enum Part<'a> {
    Label(&'a str),
    Column(Condition),
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
                fewest = Some(Self { part, count });
            }
        }
        Ok(fewest)
    }

    /// The first of the wanted tasks. Only their numbers and keys are sorted; the rest is looked up one
    /// by one until the page is full.
    pub(super) fn rows(&self, backend: DbBackend, wanted: &Wanted<'_>) -> SelectStatement {
        let number = || task::Column::Number.into_expr();
        let mut few = Query::select();
        few.expr_as(number(), "number");
        if let Some(column) = wanted.column() {
            few.expr_as(column.into_expr(), "key");
        }
        self.part.find(&mut few, wanted);
        if let Part::Label(_) = self.part {
            few.cross_join(task::Entity).and_where(wanted.is_owned());
            few.and_where(label::Column::Number.into_expr().eq(number()));
        }
        if let Some(behind) = wanted.behind(number()) {
            few.and_where(behind);
        }
        wanted.sort(&mut few, number());
        // The limit, which they do not reach, keeps the subquery apart.
        few.limit(self.count + 1);
        let mut query = Query::select();
        query.column((task::Entity, Asterisk)).from_subquery(few, Alias::new(FEW));
        query.cross_join(task::Entity).and_where(Expr::col((FEW, "number")).eq(number()));
        query.cond_where(wanted.condition()).limit(wanted.limit);
        if backend == DbBackend::Postgres {
            // SQLite would look all of them up to sort what comes in this order.
            wanted.sort(&mut query, number());
        }
        query
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
        self.find(&mut rows, wanted);
        let mut count = Query::select();
        count.expr_as(Expr::cust("COUNT(*)"), "count").from_subquery(rows, Alias::new(FEW));
        let row = db.query_one(&count).await.db()?;
        let row = row.ok_or_else(|| Error::internal("COUNT gave no row"))?;
        u64::try_from(row.try_get::<i64>("", "count").db()?).map_err(Error::internal)
    }

    fn find(&self, query: &mut SelectStatement, wanted: &Wanted<'_>) {
        match self {
            Self::Label(label) => {
                query.from(label::Entity);
                query.and_where(label::Column::Owner.eq(wanted.owner.as_str()));
                query.and_where(label::Column::Label.eq(*label));
            }
            Self::Column(condition) => {
                query.from(task::Entity).and_where(wanted.is_owned());
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
    let due = wanted.is_due().filter(|_| field != SortField::Due);
    let due = due.map(|due| all().add_option(wanted.is_of_status()).add(due));
    let created = wanted.is_created().filter(|_| field != SortField::Created);
    let priority = wanted.is_of_priority().filter(|_| field != SortField::Priority);
    let status = wanted.is_of_status().filter(|_| *walk != Walk::Status);
    let columns = [due, created, priority.map(|it| all().add(it)), status];
    labels.chain(columns.into_iter().flatten().map(Part::Column)).collect()
}
