//! The statements of each write, run inside its transaction.

use sea_orm::ConnectionTrait;
use tandem_auth::Owner;
use tandem_clock::Timestamp;
use tandem_error::Error;
use uuid::Uuid;

use super::counters::{self, Counters};
use super::{TaskTarget, changes, tasks};
use crate::domain::{Change, ChangeKind, Counts, Draft, Task};

/// Inserts tasks with the owner's next numbers and logs them.
pub(super) async fn create_tasks(
    tx: &impl ConnectionTrait,
    owner: &Owner,
    drafts: &[Draft],
    now: Timestamp,
) -> Result<Vec<Task>, Error> {
    let count = i64::try_from(drafts.len()).map_err(Error::internal)?;
    let counts = Counts { pending: count, completed: 0 };
    let last =
        counters::advance_counters(tx, owner, Counters { number: count, sequence: count, counts })
            .await?;
    let mut created = Vec::with_capacity(drafts.len());
    for (draft, before_last) in drafts.iter().zip((0..count).rev()) {
        let number = last.number - before_last;
        let task = draft.clone().into_task(Uuid::now_v7(), number, now);
        let sequence = last.sequence - before_last;
        tasks::insert_task(tx, owner, &task, sequence).await?;
        created.push(Change { sequence, kind: ChangeKind::Created, task, time: now });
    }
    changes::append_changes(tx, owner, &created).await?;
    Ok(created.into_iter().map(|change| change.task).collect())
}

/// Applies `change` to a task and logs it; writes nothing if no field changed.
pub(super) async fn update_task(
    tx: &impl ConnectionTrait,
    owner: &Owner,
    target: &TaskTarget,
    kind: ChangeKind,
    now: Timestamp,
    change: impl Fn(&mut Task) -> Result<(), Error>,
) -> Result<Task, Error> {
    let before = tasks::find_task_for_update(tx, owner, target.id).await?.ok_or(Error::Denied)?;
    tandem_aip::etag::check_etag(&target.etag, before.version)?;
    let mut after = before.clone();
    change(&mut after)?;
    if after != before {
        let counts = Counts::for_task(&after) - Counts::for_task(&before);
        let by = Counters { number: 0, sequence: 1, counts };
        let sequence = counters::advance_counters(tx, owner, by).await?.sequence;
        tasks::update_task_row(tx, owner, &before, &after, sequence).await?;
        let change = Change { sequence, kind, task: after.clone(), time: now };
        changes::append_changes(tx, owner, &[change]).await?;
    }
    Ok(after)
}
