//! Writes to conversations: every change is one transaction, which also stores its request id.

use sea_orm::ConnectionTrait;
use tandem_auth::Owner;
use tandem_clock::{Clock, Timestamp};
use tandem_database::Database;
use tandem_database::requests::{Key, once};
use tandem_error::Error;
use uuid::Uuid;

use super::conversations::{insert_conversation, lock_conversation, update_conversation};
use super::purge::PURGE_BEGUN;
use super::turns::find_running_turn;
use crate::domain::{Conversation, errors};

/// Creates, changes and purges conversations.
#[derive(Clone)]
pub struct ConversationWriter {
    pub(super) db: Database,
    pub(super) clock: Clock,
}

impl ConversationWriter {
    /// Writes to `db`; `clock` provides the time of each change.
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
        let (owner, now) = (owner.clone(), self.clock.now());
        self.db
            .write(async move |tx| {
                let effect = async {
                    let new = Conversation::new(Uuid::now_v7(), title.clone(), now);
                    insert_conversation(tx, &owner, &new).await?;
                    Ok(new)
                };
                once(tx, owner.as_str(), &key, now, effect).await
            })
            .await
    }

    /// Applies `change`, which receives the time of the change, to the conversation `id`. Writes nothing
    /// if the conversation stays equal.
    ///
    /// # Errors
    /// [`Error::Denied`] if the owner has no such conversation, [`Error::EtagMismatch`],
    /// [`errors::turn_in_progress`] if a deletion meets a running turn, [`Error::RequestIdReused`],
    /// [`Error::DatabaseUnavailable`], and the errors of `change`.
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
                let effect = apply_change(tx, &owner, (id, &etag), |it| change(it, now));
                once(tx, owner.as_str(), &key, now, effect).await
            })
            .await
    }
}

async fn apply_change(
    tx: &impl ConnectionTrait,
    owner: &Owner,
    (id, etag): (Uuid, &str),
    change: impl Fn(&mut Conversation) -> Result<(), Error>,
) -> Result<Conversation, Error> {
    let before = lock_conversation(tx, owner, id).await?;
    if before.deleted == Some(PURGE_BEGUN) {
        return Err(Error::Denied);
    }
    tandem_aip::etag::check_etag(etag, before.version)?;
    let mut after = before.clone();
    change(&mut after)?;
    if after.deleted != before.deleted {
        expect_no_running_turn(tx, owner, id).await?;
    }
    if after != before {
        update_conversation(tx, owner, &before, &after).await?;
    }
    Ok(after)
}

/// Fails with [`errors::turn_in_progress`] if a turn of the conversation is running.
pub(super) async fn expect_no_running_turn(
    tx: &impl ConnectionTrait,
    owner: &Owner,
    conversation_id: Uuid,
) -> Result<(), Error> {
    match find_running_turn(tx, owner, conversation_id).await? {
        None => Ok(()),
        Some(turn_id) => Err(errors::turn_in_progress(turn_id)),
    }
}
