//! Request ids (AIP-155): an effect that happens once however often it is asked for.
//!
//! The key, what was asked and what was answered are stored in the transaction of the effect, so they
//! exist together or not at all.

use std::future::Future;
use std::time::Duration;

use sea_orm::{ConnectionTrait, Statement};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tandem_clock::Timestamp;
use tandem_error::Error;

use crate::{Db as _, Step};

/// How long an answer is kept.
const KEPT: Duration = Duration::from_secs(24 * 60 * 60);

/// The table that a service's migrator has to create.
pub const MIGRATION: Step = Step {
    name: "0000_requests",
    sqlite: include_str!("../migrations/requests.sqlite.sql"),
    postgres: include_str!("../migrations/requests.postgres.sql"),
};

/// What tells a request that is sent again from a new one.
#[derive(Debug, Clone)]
pub struct Key {
    /// The caller's request id; empty where there is none, and then nothing is stored.
    pub request_id: String,
    /// The digest of method and request.
    pub digest: [u8; 32],
}

/// Runs `effect` in the transaction `tx`, or answers what it answered when the same request came
/// before.
///
/// # Errors
/// [`Error::RequestIdReused`] where the id came with another request; whatever `effect` fails with,
/// and then nothing is stored.
pub async fn once<T: Serialize + DeserializeOwned>(
    tx: &impl ConnectionTrait,
    owner: &str,
    key: &Key,
    now: Timestamp,
    effect: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    if key.request_id.is_empty() {
        return effect.await;
    }
    // Claimed before the effect, so that of two at once the second waits for the first.
    if !claim(tx, owner, key, now).await? {
        return first_answer(tx, owner, key).await;
    }
    let answer = effect.await?;
    let json = serde_json::to_string(&answer).map_err(Error::internal)?;
    let sql = "UPDATE requests SET answer = $3 WHERE owner = $1 AND request_id = $2";
    let values = [owner.into(), key.request_id.as_str().into(), json.into()];
    let update = Statement::from_sql_and_values(tx.get_database_backend(), sql, values);
    tx.execute_raw(update).await.db()?;
    Ok(answer)
}

/// Removes some of the requests that are forgotten at `now`; says how many,
/// 0 where none is left.
///
/// # Errors
/// [`Error::DatabaseUnavailable`].
pub async fn forget(tx: &impl ConnectionTrait, now: Timestamp) -> Result<u64, Error> {
    let sql = "DELETE FROM requests WHERE (owner, request_id) IN \
               (SELECT owner, request_id FROM requests WHERE expire_time <= $1 LIMIT 2000)";
    let delete = Statement::from_sql_and_values(tx.get_database_backend(), sql, [now.into()]);
    Ok(tx.execute_raw(delete).await.db()?.rows_affected())
}

/// Whether the key is new, or was used so long ago that it is forgotten.
async fn claim(
    tx: &impl ConnectionTrait,
    owner: &str,
    key: &Key,
    now: Timestamp,
) -> Result<bool, Error> {
    let sql = "INSERT INTO requests (owner, request_id, digest, expire_time) \
               VALUES ($1, $2, $3, $4) \
               ON CONFLICT (owner, request_id) DO UPDATE \
               SET digest = excluded.digest, answer = NULL, expire_time = excluded.expire_time \
               WHERE requests.expire_time <= $5";
    let values = [
        owner.into(),
        key.request_id.as_str().into(),
        key.digest.to_vec().into(),
        (now + KEPT).into(),
        now.into(),
    ];
    let insert = Statement::from_sql_and_values(tx.get_database_backend(), sql, values);
    Ok(tx.execute_raw(insert).await.db()?.rows_affected() == 1)
}

async fn first_answer<T: DeserializeOwned>(
    tx: &impl ConnectionTrait,
    owner: &str,
    key: &Key,
) -> Result<T, Error> {
    let sql = "SELECT digest, answer FROM requests WHERE owner = $1 AND request_id = $2";
    let values = [owner.into(), key.request_id.as_str().into()];
    let select = Statement::from_sql_and_values(tx.get_database_backend(), sql, values);
    let row = tx.query_one_raw(select).await.db()?;
    let row = row.ok_or_else(|| Error::internal("a request that was there is gone"))?;
    if row.try_get::<Vec<u8>>("", "digest").db()? != key.digest {
        return Err(Error::RequestIdReused);
    }
    let answer = row.try_get::<Option<String>>("", "answer").db()?;
    let answer =
        answer.ok_or_else(|| Error::internal("a request was stored without its answer"))?;
    serde_json::from_str(&answer).map_err(Error::internal)
}
