//! Conversations and their state changes.

use tandem_aip::Updatable;
use tandem_clock::Timestamp;
use tandem_error::Error;
use tandem_proto::chat as proto;
use uuid::Uuid;

use super::default_title::title_from_message;

/// The fields of an update, from the options of the contract.
pub const UPDATABLE: Updatable = Updatable {
    resource: <proto::Conversation as tandem_proto::Updatable>::NAME,
    fields: <proto::Conversation as tandem_proto::Updatable>::UPDATABLE,
    output_only: <proto::Conversation as tandem_proto::Updatable>::IGNORED,
};

/// A conversation between one user and the assistant.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Conversation {
    pub id: Uuid,
    /// Empty until the user sets it or the first answer is complete.
    pub title: String,
    /// The sequence number of the newest message, which is also the number of messages.
    pub last_sequence: i64,
    pub created: Timestamp,
    /// The time of the latest new message or other change.
    pub updated: Timestamp,
    pub deleted: Option<Timestamp>,
    /// Starts at 1 and grows with every change other than a new message.
    pub version: i64,
}

impl Conversation {
    /// A new conversation without messages.
    #[must_use]
    pub fn new(id: Uuid, title: String, now: Timestamp) -> Self {
        Self { id, title, last_sequence: 0, created: now, updated: now, deleted: None, version: 1 }
    }

    /// Sets the title.
    ///
    /// # Errors
    /// [`Error::StateConflict`] if the conversation is deleted.
    pub fn set_title(&mut self, title: &str, now: Timestamp) -> Result<(), Error> {
        self.expect_not_deleted()?;
        if self.title != title {
            title.clone_into(&mut self.title);
            self.bump_version(now);
        }
        Ok(())
    }

    /// Takes the title from the first message, unless the conversation has a title.
    pub fn set_default_title(&mut self, first_message: &str, now: Timestamp) {
        let title = title_from_message(first_message);
        if self.title.is_empty() && !title.is_empty() {
            self.title = title;
            self.bump_version(now);
        }
    }

    /// Deletes the conversation; no change if it is deleted already.
    pub fn delete(&mut self, now: Timestamp) {
        if self.deleted.is_none() {
            self.deleted = Some(now);
            self.bump_version(now);
        }
    }

    /// Restores a deleted conversation; no change if it is not deleted.
    pub fn undelete(&mut self, now: Timestamp) {
        if self.deleted.take().is_some() {
            self.bump_version(now);
        }
    }

    /// Reserves the sequence number of the next message.
    ///
    /// # Errors
    /// [`Error::StateConflict`] if the conversation is deleted.
    pub fn next_sequence(&mut self, now: Timestamp) -> Result<i64, Error> {
        self.expect_not_deleted()?;
        self.last_sequence += 1;
        self.updated = now;
        Ok(self.last_sequence)
    }

    fn expect_not_deleted(&self) -> Result<(), Error> {
        match self.deleted {
            None => Ok(()),
            Some(_) => Err(Error::StateConflict("the conversation is deleted")),
        }
    }

    fn bump_version(&mut self, now: Timestamp) {
        self.version += 1;
        self.updated = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(micros: i64) -> Timestamp {
        Timestamp::from_micros(micros)
    }

    #[test]
    fn messages_do_not_bump_the_version() {
        let mut conversation = Conversation::new(Uuid::nil(), String::new(), at(1));
        let numbers = [2, 3].map(|now| conversation.next_sequence(at(now)).expect("not deleted"));
        assert_eq!((numbers, conversation.version, conversation.updated), ([1, 2], 1, at(3)));
    }

    #[test]
    fn deleted_conversation_is_immutable() {
        let mut conversation = Conversation::new(Uuid::nil(), String::new(), at(1));
        conversation.delete(at(2));
        conversation.delete(at(3));
        assert_eq!((conversation.deleted, conversation.version), (Some(at(2)), 2));
        assert!(matches!(conversation.set_title("new", at(4)), Err(Error::StateConflict(_))));
        assert!(matches!(conversation.next_sequence(at(4)), Err(Error::StateConflict(_))));
    }

    #[test]
    fn undelete_is_idempotent() {
        let mut conversation = Conversation::new(Uuid::nil(), String::new(), at(1));
        conversation.delete(at(2));
        conversation.undelete(at(3));
        conversation.undelete(at(4));
        assert_eq!((conversation.deleted, conversation.version), (None, 3));
        assert_eq!(conversation.next_sequence(at(5)).expect("not deleted"), 1);
    }

    #[test]
    fn default_title_never_overwrites() {
        let mut conversation = Conversation::new(Uuid::nil(), String::new(), at(1));
        conversation.set_default_title(" ", at(2));
        assert_eq!((conversation.title.as_str(), conversation.version), ("", 1));
        conversation.set_default_title("Buy milk. And bread.", at(3));
        assert_eq!((conversation.title.as_str(), conversation.version), ("Buy milk", 2));
        conversation.set_default_title("Sell milk", at(4));
        assert_eq!((conversation.title.as_str(), conversation.updated), ("Buy milk", at(3)));
    }

    #[test]
    fn same_title_keeps_the_version() {
        let mut conversation = Conversation::new(Uuid::nil(), "same".to_owned(), at(1));
        conversation.set_title("same", at(2)).expect("not deleted");
        assert_eq!((conversation.version, conversation.updated), (1, at(1)));
    }
}
