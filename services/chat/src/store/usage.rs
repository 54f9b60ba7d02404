//! What owners use, added up by day and model as it happens.

use sea_orm::{ConnectionTrait, QueryResult, Statement};
use tandem_auth::Owner;
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
    pub start: i64,
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
    time: i64,
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
            time.div_euclid(DAY).into(),
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
    start: i64,
    end: i64,
) -> Result<Vec<DailyUsage>, Error> {
    let statement = Statement::from_sql_and_values(
        db.get_database_backend(),
        "SELECT day, model, turns, messages, tool_calls, input_tokens, output_tokens \
         FROM daily_usage WHERE owner = $1 AND day >= $2 AND day <= $3 \
         ORDER BY day DESC, model",
        // The end is exclusive: a day that begins with it does not count.
        [owner.as_str().into(), start.div_euclid(DAY).into(), (end - 1).div_euclid(DAY).into()],
    );
    let rows = db.query_all_raw(statement).await.db()?;
    rows.iter().map(read).collect()
}

fn read(row: &QueryResult) -> Result<DailyUsage, Error> {
    let number = |column: &str| row.try_get::<i64>("", column).db();
    Ok(DailyUsage {
        start: number("day")? * DAY,
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
