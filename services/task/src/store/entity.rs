//! The rows of the tasks database, one file per table, and their conversion to domain types.

pub(super) mod change;
pub(super) mod label;
pub(super) mod task;

use sea_orm::ActiveValue::Set;
use sea_orm::prelude::Json;
use tandem_auth::Owner;
use tandem_clock::Timestamp;
use tandem_error::Error;

use crate::domain::{Priority, Status, StatusKind, Task};

/// `due_time` of a task without one: sorts after every time.
pub(super) const NO_DUE_TIME: Timestamp = Timestamp::MAX;

impl TryFrom<task::Model> for Task {
    type Error = Error;

    fn try_from(row: task::Model) -> Result<Self, Error> {
        Ok(Self {
            id: row.id,
            number: row.number,
            title: row.title,
            description: row.description,
            status: decode_status(row.state, row.complete_time, row.delete_time)?,
            priority: decode_priority(row.priority)?,
            due: Some(row.due_time).filter(|due| *due != NO_DUE_TIME),
            labels: decode_labels(row.labels)?,
            created: row.create_time,
            updated: row.update_time,
            deleted: row.delete_time,
            version: row.version,
        })
    }
}

/// The row of a task. `change_sequence` is the sequence of its latest change.
pub(super) fn row_from_task(owner: &Owner, task: &Task, change_sequence: i64) -> task::ActiveModel {
    task::ActiveModel {
        id: Set(task.id),
        owner: Set(owner.as_str().to_owned()),
        number: Set(task.number),
        title: Set(task.title.clone()),
        description: Set(task.description.clone()),
        state: Set(encode_state(task.status.kind(), task.deleted.is_some())),
        priority: Set(encode_priority(task.priority)),
        due_time: Set(encode_due_time(task.due)),
        labels: Set(Json::from(task.labels.clone())),
        create_time: Set(task.created),
        update_time: Set(task.updated),
        complete_time: Set(task.status.completed_at()),
        delete_time: Set(task.deleted),
        version: Set(task.version),
        change_sequence: Set(change_sequence),
    }
}

/// The column `state`: the status, and whether the task is deleted. Indexes begin with it, because nearly
/// every list filters by both.
pub(super) fn encode_state(status: StatusKind, is_deleted: bool) -> i16 {
    encode_status((status, is_deleted))
}

tandem_database::column_numbers! {
    fn encode_status, decode_state: (StatusKind, bool), "task state" {
        1 = [(StatusKind::Pending, false)],
        2 = [(StatusKind::Completed, false)],
        3 = [(StatusKind::Pending, true)],
        4 = [(StatusKind::Completed, true)],
    }
}

/// A task without a due time sorts after every other.
pub(super) fn encode_due_time(due: Option<Timestamp>) -> Timestamp {
    due.unwrap_or(NO_DUE_TIME)
}

/// The status of each state, and whether the task is deleted.
pub(super) fn states() -> impl Iterator<Item = (StatusKind, bool)> {
    StatusKind::ALL.into_iter().flat_map(|status| [(status, false), (status, true)])
}

tandem_database::column_numbers! {
    /// Grows with the priority, so that the index on it yields the sort order.
    pub(super) fn encode_priority, decode_priority: Option<Priority>, "task priority" {
        0 = [None],
        1 = [Some(Priority::Low)],
        2 = [Some(Priority::Medium)],
        3 = [Some(Priority::High)],
    }
}

/// # Errors
/// [`Error::Internal`] if the state contradicts the times.
fn decode_status(
    state: i16,
    complete_time: Option<Timestamp>,
    delete_time: Option<Timestamp>,
) -> Result<Status, Error> {
    let (kind, is_deleted) = decode_state(state)?;
    if is_deleted != delete_time.is_some() {
        let state = format!("task state {state} with deletion time {delete_time:?}");
        return Err(Error::internal(state));
    }
    match (kind, complete_time) {
        (StatusKind::Pending, None) => Ok(Status::Pending),
        (StatusKind::Completed, Some(at)) => Ok(Status::Completed { at }),
        (kind, time) => {
            Err(Error::internal(format!("{kind:?} task with completion time {time:?}")))
        }
    }
}

fn decode_labels(json: Json) -> Result<Vec<String>, Error> {
    serde_json::from_value(json).map_err(Error::internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The numbers that `decode` knows, with their values, which `encode` writes.
    fn stored_numbers<T: Copy>(
        decode: impl Fn(i16) -> Result<T, Error>,
        encode: impl Fn(T) -> i16,
    ) -> Vec<(i16, T)> {
        let known = (i16::MIN..=i16::MAX).filter_map(|it| Some((it, decode(it).ok()?)));
        known.filter(|(number, value)| encode(*value) == *number).collect()
    }

    #[test]
    fn statuses_round_trip() {
        use StatusKind::{Completed, Pending};
        let states = [(Pending, false), (Completed, false), (Pending, true), (Completed, true)];
        let encode = |(status, is_deleted)| encode_state(status, is_deleted);
        let stored = (1..).zip(states).collect::<Vec<_>>();
        assert_eq!(stored_numbers(decode_state, encode), stored, "stored numbers never change");
        let priorities = [None, Some(Priority::Low), Some(Priority::Medium), Some(Priority::High)];
        let stored = (0..).zip(priorities).collect::<Vec<_>>();
        assert_eq!(stored_numbers(decode_priority, encode_priority), stored);
    }

    #[test]
    fn unknown_numbers_are_errors() {
        assert!(matches!(decode_state(0), Err(Error::Internal(_))));
        assert!(matches!(decode_state(5), Err(Error::Internal(_))));
        assert!(matches!(decode_status(2, None, None), Err(Error::Internal(_))));
        assert!(matches!(decode_status(1, Some(NO_DUE_TIME), None), Err(Error::Internal(_))));
        assert!(matches!(decode_priority(-1), Err(Error::Internal(_))));
        assert!(matches!(decode_priority(4), Err(Error::Internal(_))));
        assert!(matches!(decode_labels(Json::from("home")), Err(Error::Internal(_))));
    }

    #[test]
    fn states_match_their_times() {
        let time = Some(Timestamp::from_micros(1));
        for (state, complete_time, delete_time) in [
            (1, time, None),
            (2, None, None),
            (1, None, time),
            (2, time, time),
            (3, None, None),
            (4, time, None),
        ] {
            let status = decode_status(state, complete_time, delete_time);
            assert!(matches!(status, Err(Error::Internal(_))), "{state}: {status:?}");
        }
        assert_eq!(decode_status(3, None, time).expect("a deleted task"), Status::Pending);
    }
}
