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
    match (status, is_deleted) {
        (StatusKind::Pending, false) => 1,
        (StatusKind::Completed, false) => 2,
        (StatusKind::Pending, true) => 3,
        (StatusKind::Completed, true) => 4,
    }
}

/// A task without a due time sorts after every other.
pub(super) fn encode_due_time(due: Option<Timestamp>) -> Timestamp {
    due.unwrap_or(NO_DUE_TIME)
}

/// Grows with the priority, so that the index on it yields the sort order.
pub(super) fn encode_priority(priority: Option<Priority>) -> i16 {
    match priority {
        None => 0,
        Some(Priority::Low) => 1,
        Some(Priority::Medium) => 2,
        Some(Priority::High) => 3,
    }
}

/// The status of each state, and whether the task is deleted.
pub(super) fn states() -> impl Iterator<Item = (StatusKind, bool)> {
    StatusKind::ALL.into_iter().flat_map(|status| [(status, false), (status, true)])
}

fn decode_status(
    state: i16,
    complete_time: Option<Timestamp>,
    delete_time: Option<Timestamp>,
) -> Result<Status, Error> {
    let (kind, is_deleted) = decode_state(state)?;
    match (kind, complete_time) {
        (StatusKind::Pending, None) if is_deleted == delete_time.is_some() => Ok(Status::Pending),
        (StatusKind::Completed, Some(at)) if is_deleted == delete_time.is_some() => {
            Ok(Status::Completed { at })
        }
        _ => Err(Error::internal(format!(
            "task state {state} with completion time {complete_time:?} and deletion time {delete_time:?}"
        ))),
    }
}

fn decode_state(number: i16) -> Result<(StatusKind, bool), Error> {
    let state = states().find(|(status, is_deleted)| encode_state(*status, *is_deleted) == number);
    state.ok_or_else(|| Error::internal(format!("unknown task state {number}")))
}

fn decode_priority(number: i16) -> Result<Option<Priority>, Error> {
    match number {
        0 => Ok(None),
        1 => Ok(Some(Priority::Low)),
        2 => Ok(Some(Priority::Medium)),
        3 => Ok(Some(Priority::High)),
        _ => Err(Error::internal(format!("unknown task priority {number}"))),
    }
}

fn decode_labels(json: Json) -> Result<Vec<String>, Error> {
    serde_json::from_value(json).map_err(Error::internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_round_trip() {
        for (status, is_deleted) in states() {
            let state = encode_state(status, is_deleted);
            assert_eq!(decode_state(state).expect("a known number"), (status, is_deleted));
        }
        for priority in [None, Some(Priority::Low), Some(Priority::Medium), Some(Priority::High)] {
            let decoded = decode_priority(encode_priority(priority)).expect("a known number");
            assert_eq!(decoded, priority);
        }
    }

    #[test]
    fn unknown_numbers_are_errors() {
        assert!(matches!(decode_state(0), Err(Error::Internal(_))));
        assert!(matches!(decode_state(5), Err(Error::Internal(_))));
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
