//! Conversions between messages and domain types. Requests are already validated.

use std::time::Duration;

use tandem_aip::etag;
use tandem_clock::Timestamp;
use tandem_error::Error;
use tandem_proto::task as proto;
use uuid::Uuid;

use crate::domain::{Change, ChangeKind, Draft, Filter, Priority, Status, StatusKind, Task};

/// `retention` is how long a deleted task is kept.
pub(super) fn task_to_proto(task: Task, retention: Duration) -> proto::Task {
    let status = match task.status {
        Status::Pending => proto::TaskStatus::Pending,
        Status::Completed { .. } => proto::TaskStatus::Completed,
    };
    let priority = match task.priority {
        None => proto::Priority::Unspecified,
        Some(Priority::Low) => proto::Priority::Low,
        Some(Priority::Medium) => proto::Priority::Medium,
        Some(Priority::High) => proto::Priority::High,
    };
    proto::Task {
        id: task.id.to_string(),
        number: task.number,
        title: task.title,
        description: task.description,
        status: status.into(),
        priority: priority.into(),
        due_time: task.due.map(Into::into),
        labels: task.labels,
        create_time: Some(task.created.into()),
        update_time: Some(task.updated.into()),
        complete_time: task.status.completed_at().map(Into::into),
        delete_time: task.deleted.map(Into::into),
        purge_time: task.deleted.map(|deleted| (deleted + retention).into()),
        etag: etag::from_version(task.version),
    }
}

pub(super) fn change_to_proto(change: Change, retention: Duration) -> proto::TaskChange {
    let kind = match change.kind {
        ChangeKind::Created => proto::TaskChangeType::Created,
        ChangeKind::Updated => proto::TaskChangeType::Updated,
        ChangeKind::Completed => proto::TaskChangeType::Completed,
        ChangeKind::Reopened => proto::TaskChangeType::Reopened,
        ChangeKind::Deleted => proto::TaskChangeType::Deleted,
        ChangeKind::Undeleted => proto::TaskChangeType::Undeleted,
        ChangeKind::Purged => proto::TaskChangeType::Purged,
    };
    let task = match change.kind {
        // The content is gone.
        ChangeKind::Purged => {
            let (id, number) = (change.task.id.to_string(), change.task.number);
            proto::Task { id, number, ..proto::Task::default() }
        }
        _ => task_to_proto(change.task, retention),
    };
    proto::TaskChange { r#type: kind.into(), task: Some(task) }
}

/// The fields of a task that callers set.
pub(super) fn draft_from_proto(task: proto::Task) -> Draft {
    let priority = priority_from_proto(task.priority());
    // All fields by name: a new one that is left out does not compile.
    let proto::Task {
        title,
        description,
        priority: _,
        due_time,
        labels,
        // Set by the service.
        id: _,
        number: _,
        status: _,
        create_time: _,
        update_time: _,
        complete_time: _,
        delete_time: _,
        purge_time: _,
        etag: _,
    } = task;
    Draft { title, description, priority, due: due_time.map(Timestamp::from), labels }
}

/// `now` decides which tasks are overdue.
pub(super) fn filter_from_proto(
    filter: proto::TaskFilter,
    show_deleted: bool,
    now: Timestamp,
) -> Result<Filter, Error> {
    let (status, priority) = (filter.status(), filter.priority());
    // All fields by name: a new one that is left out does not compile.
    let proto::TaskFilter {
        status: _,
        priority: _,
        labels,
        start_due_time,
        end_due_time,
        start_create_time,
        end_create_time,
        overdue,
        query,
        number,
    } = filter;
    let words = tandem_text_search::split_words(&query);
    if words.is_empty() && !query.is_empty() {
        return Err(Error::invalid("filter.query", "has no words to search for"));
    }
    let time = |time: Option<prost_types::Timestamp>| time.map(Timestamp::from);
    Ok(Filter {
        number: (number != 0).then_some(number),
        status: match status {
            proto::TaskStatus::Unspecified => None,
            proto::TaskStatus::Pending => Some(StatusKind::Pending),
            proto::TaskStatus::Completed => Some(StatusKind::Completed),
        },
        priority: priority_from_proto(priority),
        due_after: time(start_due_time),
        due_before: time(end_due_time),
        created_after: time(start_create_time),
        created_before: time(end_create_time),
        overdue_at: overdue.then_some(now),
        words,
        show_deleted,
        labels,
    })
}

/// Parses an id that is already validated.
pub(super) fn parse_id(id: &str) -> Result<Uuid, Error> {
    Uuid::try_parse(id).map_err(Error::internal)
}

fn priority_from_proto(priority: proto::Priority) -> Option<Priority> {
    match priority {
        proto::Priority::Unspecified => None,
        proto::Priority::Low => Some(Priority::Low),
        proto::Priority::Medium => Some(Priority::Medium),
        proto::Priority::High => Some(Priority::High),
    }
}

#[cfg(test)]
mod tests;
