//! Request ids (AIP-155): a repeated request has one effect.
//!
//! The request id, the digest of the request and the response are stored in the transaction of the
//! effect, so they exist together or not at all.

use std::future::Future;
use std::time::Duration;

use sea_orm::{ConnectionTrait, QueryResult, Statement};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tandem_clock::Timestamp;
use tandem_error::Error;

use crate::{Db as _, SqlMigration};

/// How long a response is stored.
const RETENTION: Duration = Duration::from_secs(24 * 60 * 60);

/// Creates the table. Every service's migrator has to include it.
pub const MIGRATION: SqlMigration = SqlMigration {
    name: "0000_requests",
    sqlite: include_str!("../migrations/requests.sqlite.sql"),
    postgres: include_str!("../migrations/requests.postgres.sql"),
};

/// Identifies a request, to tell a repeated one from a new one.
#[derive(Debug, Clone)]
pub struct Key {
    /// The caller's request id. Empty for none; then nothing is stored.
    pub request_id: String,
    /// The digest of the method's name and the request.
    pub digest: [u8; 32],
}

/// Runs `effect` in the transaction `tx`, or returns the stored response of the same request.
///
/// # Errors
/// [`Error::RequestIdReused`] if the id was used for another request; the error of `effect`, and then
/// nothing is stored.
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
    // Claimed before the effect, so that the second of two concurrent requests waits for the first.
    if !claim_request_id(tx, owner, key, now).await? {
        return read_response(tx, owner, key).await;
    }
    let response = effect.await?;
    let json = serde_json::to_string(&response).map_err(Error::internal)?;
    let sql = "UPDATE requests SET answer = $3 WHERE owner = $1 AND request_id = $2";
    let values = [owner.into(), key.request_id.as_str().into(), json.into()];
    let update = Statement::from_sql_and_values(tx.get_database_backend(), sql, values);
    tx.execute_raw(update).await.db()?;
    Ok(response)
}

/// The stored response of the same request, if there is one.
///
/// # Errors
/// [`Error::RequestIdReused`] if the id was used for another request, [`Error::DatabaseUnavailable`].
pub async fn find_response<T: DeserializeOwned>(
    db: &impl ConnectionTrait,
    owner: &str,
    key: &Key,
    now: Timestamp,
) -> Result<Option<T>, Error> {
    let sql = "SELECT digest, answer FROM requests \
               WHERE owner = $1 AND request_id = $2 AND expire_time > $3";
    let values = [owner.into(), key.request_id.as_str().into(), now.into()];
    let select = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    let row = db.query_one_raw(select).await.db()?;
    row.map(|row| decode_response(&row, key)).transpose()
}

/// Deletes a batch of the requests that have expired at `now`. Returns how many; 0 if none is left.
///
/// # Errors
/// [`Error::DatabaseUnavailable`].
pub async fn delete_expired(tx: &impl ConnectionTrait, now: Timestamp) -> Result<u64, Error> {
    let sql = "DELETE FROM requests WHERE (owner, request_id) IN \
               (SELECT owner, request_id FROM requests WHERE expire_time <= $1 LIMIT 500)";
    let delete = Statement::from_sql_and_values(tx.get_database_backend(), sql, [now.into()]);
    Ok(tx.execute_raw(delete).await.db()?.rows_affected())
}

/// Whether the request id is new, or its request has expired.
async fn claim_request_id(
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
        (now + RETENTION).into(),
        now.into(),
    ];
    let insert = Statement::from_sql_and_values(tx.get_database_backend(), sql, values);
    Ok(tx.execute_raw(insert).await.db()?.rows_affected() == 1)
}

async fn read_response<T: DeserializeOwned>(
    tx: &impl ConnectionTrait,
    owner: &str,
    key: &Key,
) -> Result<T, Error> {
    let sql = "SELECT digest, answer FROM requests WHERE owner = $1 AND request_id = $2";
    let values = [owner.into(), key.request_id.as_str().into()];
    let select = Statement::from_sql_and_values(tx.get_database_backend(), sql, values);
    let row = tx.query_one_raw(select).await.db()?;
    decode_response(&row.ok_or_else(|| Error::internal("a claimed request has no row"))?, key)
}

fn decode_response<T: DeserializeOwned>(row: &QueryResult, key: &Key) -> Result<T, Error> {
    if row.try_get::<Vec<u8>>("", "digest").db()? != key.digest {
        return Err(Error::RequestIdReused);
    }
    let response = row.try_get::<Option<String>>("", "answer").db()?;
    let response = response.ok_or_else(|| Error::internal("a stored request has no response"))?;
    serde_json::from_str(&response).map_err(Error::internal)
}
