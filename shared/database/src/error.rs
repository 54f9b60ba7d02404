//! What a database error means to a caller.

use std::error::Error as StdError;

use sea_orm::{DbErr, RuntimeErr, SqlErr};
use sqlx::postgres::PgDatabaseError;
use tandem_error::Error;

/// Lets a query's outcome be passed on: `Entity::find().one(db).await.db()?`.
pub trait Db<T> {
    /// The same outcome with [`from_db`] as its error.
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

/// [`Error::DatabaseUnavailable`] where the database cannot be reached, is full, or did not answer in
/// time, so that the same call may succeed later; [`Error::Internal`] for everything else.
#[must_use]
pub fn from_db(error: DbErr) -> Error {
    if is_unavailable(&error) || is_conflict(&error) {
        Error::DatabaseUnavailable(Box::new(error))
    } else {
        Error::Internal(Box::new(error))
    }
}

/// The database error that an error of a write comes from.
pub(crate) fn cause(error: &Error) -> Option<&DbErr> {
    let (Error::Internal(cause) | Error::DatabaseUnavailable(cause)) = error else { return None };
    let mut error: &(dyn StdError + 'static) = &**cause;
    loop {
        match error.downcast_ref() {
            Some(error) => return Some(error),
            None => error = error.source()?,
        }
    }
}

/// Whether the work was undone because of somebody else's at the same time (PostgreSQL).
pub(crate) fn is_conflict(error: &DbErr) -> bool {
    matches!(postgres_code(error).as_deref(), Some("40001" | "40P01"))
}

/// Whether a row with the same key is there already.
pub(crate) fn is_duplicate(error: &DbErr) -> bool {
    matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_)))
}

/// Whether the connection was found dead, so that another may work.
pub(crate) fn is_lost(error: &DbErr) -> bool {
    match driver(error) {
        Some(sqlx::Error::Io(_)) => true,
        _ => postgres_code(error)
            .is_some_and(|code| code.starts_with("57P") || code.starts_with("08")),
    }
}

/// Whether another connection holds the lock (SQLite).
pub(crate) fn is_busy(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    code.is_some_and(|code| primary(&code) == 5)
}

fn is_unavailable(error: &DbErr) -> bool {
    use sqlx::Error as Driver;
    match driver(error) {
        None => matches!(error, DbErr::ConnectionAcquire(_) | DbErr::Conn(_)),
        Some(Driver::Io(_) | Driver::Tls(_) | Driver::PoolTimedOut | Driver::PoolClosed) => true,
        Some(Driver::WorkerCrashed | Driver::BeginFailed) => true,
        Some(Driver::Database(database)) => {
            let Some(code) = database.code() else { return false };
            match database.try_downcast_ref::<PgDatabaseError>() {
                Some(_) => is_outage_of_postgres(&code),
                None => is_outage_of_sqlite(&code),
            }
        }
        Some(_) => matches!(error, DbErr::Conn(_)),
    }
}

/// Connection exceptions, a server that lacks resources, is stopping, has cancelled the statement, or
/// has become a read-only replica.
fn is_outage_of_postgres(code: &str) -> bool {
    matches!(code.get(..2), Some("08" | "53" | "57")) || code == "25006"
}

/// Busy, locked, read-only, interrupted, input/output error, full, cannot open.
fn is_outage_of_sqlite(code: &str) -> bool {
    matches!(primary(code), 5 | 6 | 8 | 9 | 10 | 13 | 14)
}

/// The low byte of an extended code of SQLite; 0 is none.
fn primary(code: &str) -> i32 {
    code.parse::<i32>().map_or(0, |code| code & 0xff)
}

fn postgres_code(error: &DbErr) -> Option<String> {
    let sqlx::Error::Database(database) = driver(error)? else { return None };
    database.try_downcast_ref::<PgDatabaseError>().map(|error| error.code().to_owned())
}

fn driver(error: &DbErr) -> Option<&sqlx::Error> {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(error))
        | DbErr::Exec(RuntimeErr::SqlxError(error))
        | DbErr::Query(RuntimeErr::SqlxError(error)) => Some(error),
        _ => None,
    }
}
