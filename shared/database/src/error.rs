//! The mapping of database errors to [`Error`].

use std::error::Error as StdError;

use sea_orm::{DbErr, RuntimeErr, SqlErr};
use sqlx::postgres::PgDatabaseError;
use tandem_error::Error;

/// Converts the error of a query: `Entity::find().one(db).await.db()?`.
pub trait Db<T> {
    /// Maps the error with [`from_db`].
    ///
    /// # Errors
    /// [`Error::DatabaseUnavailable`], [`Error::Internal`].
    fn db(self) -> Result<T, Error>;
}

impl<T> Db<T> for Result<T, DbErr> {
    fn db(self) -> Result<T, Error> {
        self.map_err(from_db)
    }
}

/// [`Error::DatabaseUnavailable`] if the database cannot be reached, is full or did not respond in time,
/// so that a retry may succeed; [`Error::Internal`] for everything else.
#[must_use]
pub fn from_db(error: DbErr) -> Error {
    if is_unavailable(&error) || is_conflict(&error) {
        Error::DatabaseUnavailable(Box::new(error))
    } else {
        Error::Internal(Box::new(error))
    }
}

/// The database error in the source chain of a write's error.
pub(crate) fn find_db_error(error: &Error) -> Option<&DbErr> {
    let (Error::Internal(cause) | Error::DatabaseUnavailable(cause)) = error else { return None };
    let mut error: &(dyn StdError + 'static) = &**cause;
    loop {
        match error.downcast_ref() {
            Some(error) => return Some(error),
            None => error = error.source()?,
        }
    }
}

/// Whether the transaction was rolled back because of a concurrent one (PostgreSQL).
pub(crate) fn is_conflict(error: &DbErr) -> bool {
    matches!(postgres_code(error).as_deref(), Some("40001" | "40P01"))
}

/// Whether a row with the same key exists.
pub(crate) fn is_duplicate(error: &DbErr) -> bool {
    matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_)))
}

/// Whether the connection is dead, so that another one may work.
pub(crate) fn is_connection_lost(error: &DbErr) -> bool {
    match driver_error(error) {
        Some(sqlx::Error::Io(_)) => true,
        _ => postgres_code(error)
            .is_some_and(|code| code.starts_with("57P") || code.starts_with("08")),
    }
}

/// Whether another connection holds the lock (SQLite).
pub(crate) fn is_busy(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    code.is_some_and(|code| primary_code(&code) == 5)
}

fn is_unavailable(error: &DbErr) -> bool {
    use sqlx::Error as Driver;
    match driver_error(error) {
        None => matches!(error, DbErr::ConnectionAcquire(_) | DbErr::Conn(_)),
        Some(Driver::Io(_) | Driver::Tls(_) | Driver::PoolTimedOut | Driver::PoolClosed) => true,
        Some(Driver::WorkerCrashed | Driver::BeginFailed) => true,
        Some(Driver::Database(database)) => {
            let Some(code) = database.code() else { return false };
            match database.try_downcast_ref::<PgDatabaseError>() {
                Some(_) => is_postgres_outage(&code),
                None => is_sqlite_outage(&code),
            }
        }
        Some(_) => matches!(error, DbErr::Conn(_)),
    }
}

/// Connection exception, insufficient resources, operator intervention (shutdown, cancelled statement),
/// read-only replica.
fn is_postgres_outage(code: &str) -> bool {
    matches!(code.get(..2), Some("08" | "53" | "57")) || code == "25006"
}

/// Busy, locked, read-only, interrupted, input/output error, full, cannot open.
fn is_sqlite_outage(code: &str) -> bool {
    matches!(primary_code(code), 5 | 6 | 8 | 9 | 10 | 13 | 14)
}

/// The primary result code in an extended code of SQLite (its low byte); 0 if there is none.
fn primary_code(code: &str) -> i32 {
    code.parse::<i32>().map_or(0, |code| code & 0xff)
}

fn postgres_code(error: &DbErr) -> Option<String> {
    let sqlx::Error::Database(database) = driver_error(error)? else { return None };
    database.try_downcast_ref::<PgDatabaseError>().map(|error| error.code().to_owned())
}

fn driver_error(error: &DbErr) -> Option<&sqlx::Error> {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(error))
        | DbErr::Exec(RuntimeErr::SqlxError(error))
        | DbErr::Query(RuntimeErr::SqlxError(error)) => Some(error),
        _ => None,
    }
}
