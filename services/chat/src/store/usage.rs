//! Usage by owner, day and model, added up as it occurs.

use std::time::Duration;

use sea_orm::{ConnectionTrait, QueryResult, Statement};
use tandem_auth::Owner;
use tandem_clock::Timestamp;
use tandem_database::Db as _;
use tandem_error::Error;

/// Microseconds in a day.
const DAY: i64 = 24 * 60 * 60 * 1_000_000;

/// An amount of usage of one model.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct UsageDelta {
    pub turns: i64,
    /// Of the user and of the assistant.
    pub messages: i64,
    pub tool_calls: i64,
    pub input_tokens: i64,
    pub output_tokens: i64,
}

/// The usage of one model on one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DailyUsage {
    /// Midnight in UTC.
    pub start: Timestamp,
    /// The name of the model.
    pub model: String,
    pub usage: UsageDelta,
}

/// Adds to the owner's usage on the day of `time`.
pub(super) async fn add_usage(
    tx: &impl ConnectionTrait,
    owner: &Owner,
    model: &str,
    usage: UsageDelta,
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
            usage.turns.into(),
            usage.messages.into(),
            usage.tool_calls.into(),
            usage.input_tokens.into(),
            usage.output_tokens.into(),
        ],
    );
    tx.execute_raw(statement).await.db()?;
    Ok(())
}

/// The owner's usage on the days from that of `start` to that of `end` (exclusive), newest day first.
pub async fn list_usage(
    db: &impl ConnectionTrait,
    owner: &Owner,
    start: Timestamp,
    end: Timestamp,
) -> Result<Vec<DailyUsage>, Error> {
    // `end` is exclusive: a day that starts at it is not included.
    let last = day_number(end - Duration::from_micros(1));
    let statement = Statement::from_sql_and_values(
        db.get_database_backend(),
        "SELECT day, model, turns, messages, tool_calls, input_tokens, output_tokens \
         FROM daily_usage WHERE owner = $1 AND day >= $2 AND day <= $3 \
         ORDER BY day DESC, model",
        [owner.as_str().into(), day_number(start).into(), last.into()],
    );
    let rows = db.query_all_raw(statement).await.db()?;
    rows.iter().map(daily_usage_from_row).collect()
}

/// The day of a time (UTC), counted from 1970-01-01.
fn day_number(time: Timestamp) -> i64 {
    time.as_micros().div_euclid(DAY)
}

fn daily_usage_from_row(row: &QueryResult) -> Result<DailyUsage, Error> {
    Ok(DailyUsage {
        start: Timestamp::from_micros(read_number(row, "day")? * DAY),
        model: row.try_get("", "model").db()?,
        usage: UsageDelta {
            turns: read_number(row, "turns")?,
            messages: read_number(row, "messages")?,
            tool_calls: read_number(row, "tool_calls")?,
            input_tokens: read_number(row, "input_tokens")?,
            output_tokens: read_number(row, "output_tokens")?,
        },
    })
}

fn read_number(row: &QueryResult, column: &str) -> Result<i64, Error> {
    row.try_get("", column).db()
}
