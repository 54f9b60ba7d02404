//! A conversation and what may happen to it.

use tandem_aip::Updatable;
use tandem_clock::Timestamp;
use tandem_error::Error;
use tandem_proto::chat as proto;
use uuid::Uuid;

use super::title;

/// The fields of an update, from the options of the contract.
pub const UPDATABLE: Updatable = Updatable {
    resource: <proto::Conversation as tandem_proto::Updatable>::NAME,
    fields: <proto::Conversation as tandem_proto::Updatable>::UPDATABLE,
    output_only: <proto::Conversation as tandem_proto::Updatable>::IGNORED,
};

/// A conversation between one user and the assistant.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Conversation {
    /// Its id.
    pub id: Uuid,
    /// What it is called.
    pub title: String,
    /// The sequence number of its newest message: how many it has.
    pub last_sequence: i64,
    /// When it was created.
    pub created: Timestamp,
    /// When its title changed or its newest message was written.
    pub updated: Timestamp,
    /// When it was deleted.
    pub deleted: Option<Timestamp>,
    /// 1 when it is new, one more with every change but for messages.
    pub version: i64,
}

impl Conversation {
    /// A conversation without messages.
    #[must_use]
    pub fn new(id: Uuid, title: String, now: Timestamp) -> Self {
        Self { id, title, last_sequence: 0, created: now, updated: now, deleted: None, version: 1 }
    }

    /// Calls it `title`.
    ///
    /// # Errors
    /// [`Error::StateConflict`] where it is deleted.
    pub fn rename(&mut self, title: &str, now: Timestamp) -> Result<(), Error> {
        self.expect_live()?;
        if self.title != title {
            title.clone_into(&mut self.title);
            self.touch(now);
        }
        Ok(())
    }

    /// Calls it after the message that it begins with, where it has no title.
    pub fn entitle(&mut self, first_message: &str, now: Timestamp) {
        let title = title::of(first_message);
        if self.title.is_empty() && !title.is_empty() {
            self.title = title;
            self.touch(now);
        }
    }

    /// Deletes it; does nothing where it is deleted already.
    pub fn delete(&mut self, now: Timestamp) {
        if self.deleted.is_none() {
            self.deleted = Some(now);
            self.touch(now);
        }
    }

    /// Takes a deletion back; does nothing where it is not deleted.
    pub fn undelete(&mut self, now: Timestamp) {
        if self.deleted.take().is_some() {
            self.touch(now);
        }
    }

    /// Takes the sequence number of the next message.
    ///
    /// # Errors
    /// [`Error::StateConflict`] where it is deleted.
    pub fn next_sequence(&mut self, now: Timestamp) -> Result<i64, Error> {
        self.expect_live()?;
        self.last_sequence += 1;
        self.updated = now;
        Ok(self.last_sequence)
    }

    fn expect_live(&self) -> Result<(), Error> {
        match self.deleted {
            None => Ok(()),
            Some(_) => Err(Error::StateConflict("the conversation is deleted")),
        }
    }

    fn touch(&mut self, now: Timestamp) {
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
    fn messages_are_numbered_and_make_no_version() {
        let mut conversation = Conversation::new(Uuid::nil(), String::new(), at(1));
        let numbers = [2, 3].map(|now| conversation.next_sequence(at(now)).expect("not deleted"));
        assert_eq!((numbers, conversation.version, conversation.updated), ([1, 2], 1, at(3)));
    }

    #[test]
    fn a_deleted_conversation_takes_no_change_and_stays_deleted() {
        let mut conversation = Conversation::new(Uuid::nil(), String::new(), at(1));
        conversation.delete(at(2));
        conversation.delete(at(3));
        assert_eq!((conversation.deleted, conversation.version), (Some(at(2)), 2));
        assert!(matches!(conversation.rename("new", at(4)), Err(Error::StateConflict(_))));
        assert!(matches!(conversation.next_sequence(at(4)), Err(Error::StateConflict(_))));
    }

    #[test]
    fn a_deletion_is_taken_back_once() {
        let mut conversation = Conversation::new(Uuid::nil(), String::new(), at(1));
        conversation.delete(at(2));
        conversation.undelete(at(3));
        conversation.undelete(at(4));
        assert_eq!((conversation.deleted, conversation.version), (None, 3));
        assert_eq!(conversation.next_sequence(at(5)).expect("not deleted"), 1);
    }

    #[test]
    fn only_what_has_no_title_is_called_after_a_message() {
        let mut conversation = Conversation::new(Uuid::nil(), String::new(), at(1));
        conversation.entitle(" ", at(2));
        assert_eq!((conversation.title.as_str(), conversation.version), ("", 1));
        conversation.entitle("Buy milk. And bread.", at(3));
        assert_eq!((conversation.title.as_str(), conversation.version), ("Buy milk", 2));
        conversation.entitle("Sell milk", at(4));
        assert_eq!((conversation.title.as_str(), conversation.updated), ("Buy milk", at(3)));
    }

    #[test]
    fn the_same_title_makes_no_version() {
        let mut conversation = Conversation::new(Uuid::nil(), "same".to_owned(), at(1));
        conversation.rename("same", at(2)).expect("not deleted");
        assert_eq!((conversation.version, conversation.updated), (1, at(1)));
    }
}
