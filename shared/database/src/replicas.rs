//! Notifications between the replicas of a service (PostgreSQL `NOTIFY`). On SQLite there is one process.
//!
//! They only make a replica look sooner: one may be lost with its connection, so those who wait also look
//! from time to time.

use std::collections::HashSet;
use std::hash::Hash;
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::StreamExt as _;
use sea_orm::{ConnectionTrait as _, DbBackend, Statement};
use tandem_error::Error;
use tokio::sync::Notify;
use tokio::time::sleep;

use crate::{Database, Db as _, Notifier};

/// Pause before reconnecting.
const RECONNECT_DELAY: Duration = Duration::from_secs(1);

/// Pause between two statements that announce. `NOTIFY` takes a lock of the whole server until its commit,
/// so many changes share one.
const ANNOUNCE_INTERVAL: Duration = Duration::from_millis(20);

/// Announces changes to the other replicas, after their commit. Clones share one queue.
#[derive(Debug, Clone)]
pub struct Announcer(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    db: Database,
    channel: &'static str,
    payloads: Mutex<HashSet<String>>,
    added: Notify,
}

impl Announcer {
    /// Announces on a channel of this database.
    #[must_use]
    pub fn new(db: Database, channel: &'static str) -> Self {
        let (payloads, added) = (Mutex::default(), Notify::new());
        Self(Arc::new(Inner { db, channel, payloads, added }))
    }

    /// Announces a change once [`Announcer::run`] sends it. The payload has less than 8000 bytes. Does
    /// nothing on SQLite.
    pub fn announce(&self, payload: &impl ToString) {
        if self.0.db.backend() == DbBackend::Postgres {
            self.lock().insert(payload.to_string());
            self.0.added.notify_one();
        }
    }

    /// Sends what is announced. Never returns.
    pub async fn run(&self) {
        loop {
            self.0.added.notified().await;
            self.flush().await;
            sleep(ANNOUNCE_INTERVAL).await;
        }
    }

    /// Sends what is announced until now.
    pub async fn flush(&self) {
        let payloads: Vec<_> = mem::take(&mut *self.lock()).into_iter().collect();
        let (db, channel) = (&self.0.db, self.0.channel);
        if !payloads.is_empty()
            && let Err(error) = notify(db, channel, payloads).await
        {
            // A lost announcement delays those who wait, and no more.
            tracing::warn!(%error, channel, "failed to notify other replicas");
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashSet<String>> {
        // std mutex: nothing awaits while it is held.
        self.0.payloads.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn notify(db: &Database, channel: &str, payloads: Vec<String>) -> Result<(), Error> {
    let sql = "SELECT pg_notify($1, payload) FROM unnest($2::text[]) AS payload";
    let values = [channel.into(), payloads.into()];
    let notify = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    db.reader().execute_raw(notify).await.db()?;
    Ok(())
}

/// Forwards the notifications of all replicas on `channel` to those who wait in this one. Never returns.
pub async fn forward_notifications<K: Eq + Hash + Clone>(
    db: &Database,
    channel: &str,
    notifier: &Notifier<K>,
    parse: impl Fn(String) -> Option<K>,
) {
    loop {
        match db.listen(channel).await {
            Ok(None) => return std::future::pending().await,
            Ok(Some(mut payloads)) => {
                // Notifications may have been missed.
                notifier.notify_all();
                while let Some(payload) = payloads.next().await {
                    if let Some(key) = parse(payload) {
                        notifier.notify(&key);
                    }
                }
                tracing::warn!(channel, "LISTEN connection lost; reconnecting");
            }
            Err(error) => tracing::warn!(%error, channel, "LISTEN connection failed; retrying"),
        }
        sleep(RECONNECT_DELAY).await;
    }
}
