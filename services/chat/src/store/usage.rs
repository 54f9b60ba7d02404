//! What owners use, added up by day and model as it happens.

use std::time::Duration;

use sea_orm::{ConnectionTrait, QueryResult, Statement};
use tandem_auth::Owner;
use tandem_clock::Timestamp;
use tandem_database::Db as _;
use tandem_error::Error;

/// Microseconds in a day.
const DAY: i64 = 24 * 60 * 60 * 1_000_000;

/// What was used of one model.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Used {
    /// Turns started.
    pub turns: i64,
    /// Messages written, by both sides.
    pub messages: i64,
    /// Tools called.
    pub tool_calls: i64,
    /// Tokens that the model read.
    pub input_tokens: i64,
    /// Tokens that the model wrote.
    pub output_tokens: i64,
}

/// What was used of one model on one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DailyUsage {
    /// When the day began, in UTC.
    pub start: Timestamp,
    /// The model.
    pub model: String,
    /// What was used.
    pub used: Used,
}

/// Adds to what the owner used on the day of `time`.
pub(super) async fn add(
    tx: &impl ConnectionTrait,
    owner: &Owner,
    model: &str,
    used: Used,
    time: Timestamp,
) -> Result<(), Error> {
    let statement = Statement::from_sql_and_values(
        tx.get_database_backend(),
        "INSERT INTO daily_usage AS old \
         (owner, day, model, turns, messages, tool_calls, input_tokens, output_tokens) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
         ON CONFLICT (owner, day, model) DO UPDATE SET turns = old.turns + excluded.turns, \
         messages = old.messages + excluded.messages, \
         tool_calls = old.tool_calls + excluded.tool_calls, \
         input_tokens = old.input_tokens + excluded.input_tokens, \
         output_tokens = old.output_tokens + excluded.output_tokens",
        [
            owner.as_str().into(),
            day_number(time).into(),
            model.into(),
            used.turns.into(),
            used.messages.into(),
            used.tool_calls.into(),
            used.input_tokens.into(),
            used.output_tokens.into(),
        ],
    );
    tx.execute_raw(statement).await.db()?;
    Ok(())
}

/// What the owner used on the days from that of `start` up to that of `end`, the newest day first.
pub async fn list_usage(
    db: &impl ConnectionTrait,
    owner: &Owner,
    start: Timestamp,
    end: Timestamp,
) -> Result<Vec<DailyUsage>, Error> {
    // The end is exclusive: a day that begins with it does not count.
    let last = day_number(end - Duration::from_micros(1));
    let statement = Statement::from_sql_and_values(
        db.get_database_backend(),
        "SELECT day, model, turns, messages, tool_calls, input_tokens, output_tokens \
         FROM daily_usage WHERE owner = $1 AND day >= $2 AND day <= $3 \
         ORDER BY day DESC, model",
        [owner.as_str().into(), day_number(start).into(), last.into()],
    );
    let rows = db.query_all_raw(statement).await.db()?;
    rows.iter().map(read).collect()
}

/// The day of a time (UTC), counted from 1970-01-01.
fn day_number(time: Timestamp) -> i64 {
    time.as_micros().div_euclid(DAY)
}

fn read(row: &QueryResult) -> Result<DailyUsage, Error> {
    let number = |column: &str| row.try_get::<i64>("", column).db();
    Ok(DailyUsage {
        start: Timestamp::from_micros(number("day")? * DAY),
        model: row.try_get("", "model").db()?,
        used: Used {
            turns: number("turns")?,
            messages: number("messages")?,
            tool_calls: number("tool_calls")?,
            input_tokens: number("input_tokens")?,
            output_tokens: number("output_tokens")?,
        },
    })
}
