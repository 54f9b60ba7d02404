//! A stretch of an index: the columns that it begins with have one value each, behind them come the key
//! of the list, if it has one, and the number.

use sea_orm::sea_query::{ExprTrait as _, SelectStatement, SimpleExpr};
use sea_orm::{ColumnTrait as _, Condition};

use super::wanted::Wanted;

/// The stretch of an index that a page is read from.
pub(super) struct Stretch {
    /// The columns that the index begins with, and their values.
    pub(super) prefix: Vec<(SimpleExpr, SimpleExpr)>,
    /// The column of the number.
    pub(super) number: SimpleExpr,
}

impl Stretch {
    /// Reads what comes behind the position of the page, in order.
    pub(super) fn read(self, wanted: &Wanted<'_>, query: &mut SelectStatement) {
        let is_of_prefix = |(column, value): (SimpleExpr, SimpleExpr)| column.eq(value);
        let prefix = self.prefix.into_iter().map(is_of_prefix);
        query.cond_where(prefix.fold(Condition::all(), Condition::add));
        let (from, until) = wanted.keys();
        let column = || wanted.column().map(|column| column.into_expr());
        query.and_where_option(column().zip(from).map(|(column, from)| column.gte(from)));
        query.and_where_option(column().zip(until).map(|(column, until)| column.lt(until)));
        query.and_where_option(wanted.behind(self.number.clone()));
        query.and_where_option(wanted.not_too_far(self.number.clone()));
        wanted.sort(query, self.number);
    }
}
