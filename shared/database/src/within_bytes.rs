//! Statements that read no more than a number of bytes.

use sea_orm::DbBackend;

/// Which rows of a table a statement reads.
#[derive(Debug, Clone, Copy)]
pub struct WithinBytes<'a> {
    /// The table.
    pub table: &'a str,
    /// A SELECT of the columns `row_key`, which is unique, and `row_bytes`, in the order of `row_key`.
    pub candidates: &'a str,
    /// The order of `row_key`: `ASC` or `DESC`.
    pub order: &'a str,
    /// Identifies the row of the table by `page.row_key`.
    pub row: &'a str,
    /// The most bytes, together.
    pub max_bytes: usize,
}

impl WithinBytes<'_> {
    /// A SELECT of the first candidates that have at most `max_bytes` together, and always of the first.
    /// The rows have all columns of the table, and `row_count`, the number of candidates. They come in no
    /// order.
    ///
    /// The lengths come from the database, so that a row that is left out is not sent.
    #[must_use]
    pub fn select(&self, backend: DbBackend) -> String {
        let Self { table, candidates, order, row, max_bytes } = self;
        let page = format!(
            "SELECT row_key, row_count FROM (\
             SELECT row_key, row_bytes, COUNT(*) OVER () AS row_count, \
             SUM(row_bytes) OVER (ORDER BY row_key {order} \
             ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS total_bytes \
             FROM ({candidates}) AS candidates) AS measured \
             WHERE total_bytes <= {max_bytes} OR total_bytes = row_bytes"
        );
        match backend {
            // The row of each key is looked up by itself, whatever the planner believes of the table.
            DbBackend::Postgres => format!(
                "SELECT {table}.*, page.row_count FROM ({page}) AS page \
                 CROSS JOIN LATERAL (SELECT * FROM {table} WHERE {row} OFFSET 0) AS {table}"
            ),
            _ => format!(
                "SELECT {table}.*, page.row_count FROM ({page}) AS page CROSS JOIN {table} WHERE {row}"
            ),
        }
    }
}

/// The length of a JSON column. SQLite knows it without reading the column.
#[must_use]
pub fn json_bytes(backend: DbBackend, column: &str) -> String {
    match backend {
        DbBackend::Postgres => format!("octet_length(CAST({column} AS TEXT))"),
        _ => format!("octet_length({column})"),
    }
}
