//! The one door for writes: every change is one transaction, together with its request id.

use std::sync::atomic::{AtomicBool, Ordering};

use sea_orm::ConnectionTrait;
use tandem_auth::Owner;
use tandem_database::Database;
use tandem_database::requests::{Key, once};
use tandem_errors::Error;
use tandem_server::Clock;
use uuid::Uuid;

use super::conversations;
use super::journal::{self, Ending, Renewed};
use super::lease::Lease;
use super::turns::{NewTurn, Posted, running, start};
use crate::domain::{Answer, Conversation, Event, Usage};

/// Changes conversations and turns.
#[derive(Clone)]
pub struct Door {
    pub(super) db: Database,
    pub(super) clock: Clock,
}

impl Door {
    /// A door to `db`; `clock` says when a change happens.
    #[must_use]
    pub fn new(db: Database, clock: Clock) -> Self {
        Self { db, clock }
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
        let (owner, now) = (owner.clone(), self.clock.now_micros());
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
        change: impl Fn(&mut Conversation, i64) -> Result<(), Error> + Send + Sync + 'static,
    ) -> Result<Conversation, Error> {
        let (owner, now) = (owner.clone(), self.clock.now_micros());
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
    /// [`Error::Denied`], [`Error::TurnInProgress`], [`Error::StateConflict`] where the conversation is
    /// deleted, [`Error::RequestIdReused`], [`Error::DatabaseUnavailable`].
    pub async fn post(
        &self,
        owner: &Owner,
        key: Key,
        new: NewTurn,
    ) -> Result<(Posted, bool), Error> {
        let (owner, now) = (owner.clone(), self.clock.now_micros());
        self.db
            .write(async move |tx| {
                let is_new = AtomicBool::new(false);
                let effect = async {
                    is_new.store(true, Ordering::Relaxed);
                    start(tx, &owner, &new, now).await
                };
                let posted = once(tx, owner.as_str(), &key, now, effect).await?;
                Ok((posted, is_new.into_inner()))
            })
            .await
    }

    /// Appends events to a turn, the first with the sequence number `first`. `false` where the lease is
    /// lost, and then nothing is written.
    ///
    /// # Errors
    /// [`Error::DatabaseUnavailable`].
    pub async fn append(
        &self,
        owner: &Owner,
        lease: Lease,
        first: i64,
        events: Vec<Event>,
    ) -> Result<bool, Error> {
        let (owner, now) = (owner.clone(), self.clock.now_micros());
        self.db
            .write(async move |tx| journal::append(tx, &owner, lease, first, &events, now).await)
            .await
    }

    /// Ends a turn. `false` where the lease is lost, and then nothing is written.
    ///
    /// # Errors
    /// [`Error::DatabaseUnavailable`].
    pub async fn finish(
        &self,
        owner: &Owner,
        lease: Lease,
        ending: Ending,
        answer: Answer,
        usage: Usage,
    ) -> Result<bool, Error> {
        let (owner, now) = (owner.clone(), self.clock.now_micros());
        self.db
            .write(async move |tx| {
                journal::finish(tx, &owner, lease, &ending, &answer, usage, now).await
            })
            .await
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
        let (owner, now) = (owner.clone(), self.clock.now_micros());
        self.db.write(async move |tx| journal::renew(tx, &owner, lease, now).await).await
    }

    /// Takes over a turn whose lease ran out. `None` where somebody else did, or it lives.
    ///
    /// # Errors
    /// [`Error::DatabaseUnavailable`].
    pub async fn take_over(&self, owner: &Owner, expired: Lease) -> Result<Option<Lease>, Error> {
        let (owner, now) = (owner.clone(), self.clock.now_micros());
        self.db.write(async move |tx| journal::take_over(tx, &owner, expired, now).await).await
    }
}

async fn update(
    tx: &impl ConnectionTrait,
    owner: &Owner,
    (id, etag): (Uuid, &str),
    change: impl Fn(&mut Conversation) -> Result<(), Error>,
) -> Result<Conversation, Error> {
    let before = conversations::lock(tx, owner, id).await?;
    tandem_aip::etag::expect(etag, before.version)?;
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
        Some(turn_id) => Err(Error::TurnInProgress { turn_id: turn_id.to_string() }),
    }
}
