//! The one door for writes: every change is one transaction, together with its request id.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sea_orm::ConnectionTrait;
use tandem_auth::Owner;
use tandem_clock::{Clock, Timestamp};
use tandem_database::Database;
use tandem_database::requests::{Key, once};
use tandem_error::Error;
use uuid::Uuid;

use super::conversations;
use super::journal::{self, Appended, Finish, Renewed};
use super::lease::{Lease, TakenOver};
use super::steps;
use super::turns::{NewTurn, Posted, running, start};
use crate::domain::{Conversation, Event, Step, errors};

/// How long a lease holds: of a worker that dies somebody else has the turn within 15 seconds.
const LEASE: Duration = Duration::from_secs(12);

/// Changes conversations and turns.
#[derive(Clone)]
pub struct Door {
    pub(super) db: Database,
    pub(super) clock: Clock,
    /// How long a lease holds.
    lease: Duration,
}

impl Door {
    /// A door to `db`; `clock` says when a change happens.
    #[must_use]
    pub fn new(db: Database, clock: Clock) -> Self {
        Self { db, clock, lease: LEASE }
    }

    /// The same with leases that hold for `time`, 12 seconds where nothing is said. A worker that lives
    /// renews its lease in time; the turn of one that does not belongs to whoever takes it over.
    #[must_use]
    pub fn with_lease(self, time: Duration) -> Self {
        Self { lease: time, ..self }
    }

    /// Creates an empty conversation.
    ///
    /// # Errors
    /// [`Error::RequestIdReused`], [`Error::DatabaseUnavailable`].
    pub async fn create_conversation(
        &self,
        owner: &Owner,
        key: Key,
        title: String,
    ) -> Result<Conversation, Error> {
        let (owner, now) = (owner.clone(), self.clock.now());
        self.db
            .write(async move |tx| {
                let effect = async {
                    let new = Conversation::new(Uuid::now_v7(), title.clone(), now);
                    conversations::insert(tx, &owner, &new).await?;
                    Ok(new)
                };
                once(tx, owner.as_str(), &key, now, effect).await
            })
            .await
    }

    /// Changes a conversation as `change` says; it gets the time of the change. What changes nothing
    /// is not written.
    ///
    /// # Errors
    /// [`Error::Denied`] where the owner has no such conversation, [`Error::EtagMismatch`],
    /// [`Error::RequestIdReused`], [`Error::DatabaseUnavailable`], and what `change` fails with.
    pub async fn change_conversation(
        &self,
        owner: &Owner,
        key: Key,
        (id, etag): (Uuid, String),
        change: impl Fn(&mut Conversation, Timestamp) -> Result<(), Error> + Send + Sync + 'static,
    ) -> Result<Conversation, Error> {
        let (owner, now) = (owner.clone(), self.clock.now());
        self.db
            .write(async move |tx| {
                let effect = update(tx, &owner, (id, &etag), |it| change(it, now));
                once(tx, owner.as_str(), &key, now, effect).await
            })
            .await
    }

    /// Stores a message and starts its turn, or finds the turn that the same request started before.
    /// Says whether the turn is new, and so needs a worker.
    ///
    /// # Errors
    /// [`Error::Denied`], [`errors::turn_in_progress`], [`Error::StateConflict`] where the conversation is
    /// deleted, [`Error::RequestIdReused`], [`Error::DatabaseUnavailable`].
    pub async fn post(
        &self,
        owner: &Owner,
        key: Key,
        new: NewTurn,
    ) -> Result<(Posted, bool), Error> {
        let (owner, now, until) = (owner.clone(), self.clock.now(), self.lease_end());
        self.db
            .write(async move |tx| {
                let is_new = AtomicBool::new(false);
                let effect = async {
                    is_new.store(true, Ordering::Relaxed);
                    start(tx, &owner, &new, (now, until)).await
                };
                let posted = once(tx, owner.as_str(), &key, now, effect).await?;
                Ok((posted, is_new.into_inner()))
            })
            .await
    }

    /// Appends events to a turn, the first with the sequence number `first`, and the answer of the model
    /// that they begin to carry out, with its number. `false` where the lease is lost, and then nothing
    /// is written.
    ///
    /// # Errors
    /// [`Error::DatabaseUnavailable`].
    pub async fn append(
        &self,
        owner: &Owner,
        lease: Lease,
        (first, events): (i64, Vec<Event>),
        step: Option<(usize, Step)>,
    ) -> Result<bool, Error> {
        let (owner, now, until) = (owner.clone(), self.clock.now(), self.lease_end());
        self.db
            .write(async move |tx| {
                let appended =
                    journal::append(tx, &owner, lease, (first, &events), (now, until)).await?;
                if appended == Appended::Now
                    && let Some((number, step)) = &step
                {
                    steps::insert(tx, &owner, lease.turn_id, *number, step).await?;
                }
                Ok(appended != Appended::Lost)
            })
            .await
    }

    /// Ends a turn. `false` where the lease is lost, and then nothing is written.
    ///
    /// # Errors
    /// [`Error::DatabaseUnavailable`].
    pub async fn finish(&self, owner: &Owner, lease: Lease, finish: Finish) -> Result<bool, Error> {
        let (owner, now) = (owner.clone(), self.clock.now());
        self.db.write(async move |tx| journal::finish(tx, &owner, lease, &finish, now).await).await
    }

    /// Asks whoever works on a turn to cancel it.
    ///
    /// # Errors
    /// [`Error::DatabaseUnavailable`].
    pub async fn request_cancel(&self, owner: &Owner, turn_id: Uuid) -> Result<(), Error> {
        let owner = owner.clone();
        self.db.write(async move |tx| journal::request_cancel(tx, &owner, turn_id).await).await
    }

    /// Renews a lease.
    ///
    /// # Errors
    /// [`Error::DatabaseUnavailable`].
    pub async fn renew(&self, owner: &Owner, lease: Lease) -> Result<Renewed, Error> {
        let (owner, until) = (owner.clone(), self.lease_end());
        self.db.write(async move |tx| journal::renew(tx, &owner, lease, until).await).await
    }

    /// Gives a lease up, so that somebody else can have it at once. `false` where it is lost.
    ///
    /// # Errors
    /// [`Error::DatabaseUnavailable`].
    pub async fn release(&self, owner: &Owner, lease: Lease) -> Result<bool, Error> {
        let owner = owner.clone();
        let released = move |renewed| renewed != Renewed::Lost;
        self.db
            .write(async move |tx| {
                journal::renew(tx, &owner, lease, Timestamp::UNIX_EPOCH).await.map(released)
            })
            .await
    }

    /// Takes over a turn whose lease ran out. `None` where somebody else did, or it lives.
    ///
    /// # Errors
    /// [`Error::DatabaseUnavailable`].
    pub async fn take_over(
        &self,
        owner: &Owner,
        expired: Lease,
    ) -> Result<Option<TakenOver>, Error> {
        let (owner, now, until) = (owner.clone(), self.clock.now(), self.lease_end());
        self.db
            .write(async move |tx| journal::take_over(tx, &owner, expired, (now, until)).await)
            .await
    }

    /// When a lease that is taken or renewed now runs out.
    fn lease_end(&self) -> Timestamp {
        self.clock.now() + self.lease
    }
}

async fn update(
    tx: &impl ConnectionTrait,
    owner: &Owner,
    (id, etag): (Uuid, &str),
    change: impl Fn(&mut Conversation) -> Result<(), Error>,
) -> Result<Conversation, Error> {
    let before = conversations::lock(tx, owner, id).await?;
    tandem_aip::etag::check_etag(etag, before.version)?;
    let mut after = before.clone();
    change(&mut after)?;
    if after.deleted != before.deleted {
        expect_idle(tx, owner, id).await?;
    }
    if after != before {
        conversations::update(tx, owner, &after).await?;
    }
    Ok(after)
}

/// A conversation cannot be deleted while the agent works in it.
async fn expect_idle(
    tx: &impl ConnectionTrait,
    owner: &Owner,
    conversation_id: Uuid,
) -> Result<(), Error> {
    match running(tx, owner, conversation_id).await? {
        None => Ok(()),
        Some(turn_id) => Err(errors::turn_in_progress(turn_id)),
    }
}
