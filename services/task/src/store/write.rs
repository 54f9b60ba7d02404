//! What a write does in its transaction.

use sea_orm::ConnectionTrait;
use tandem_auth::Owner;
use tandem_clock::Timestamp;
use tandem_error::Error;
use uuid::Uuid;

use super::counters::{self, Counters};
use super::{Target, changes, tasks};
use crate::domain::{Change, ChangeKind, Counts, Draft, Task};

/// Creates tasks with the owner's next numbers.
pub(super) async fn create(
    tx: &impl ConnectionTrait,
    owner: &Owner,
    drafts: &[Draft],
    now: Timestamp,
) -> Result<Vec<Task>, Error> {
    let count = i64::try_from(drafts.len()).map_err(Error::internal)?;
    let counts = Counts { pending: count, completed: 0 };
    let last =
        counters::advance(tx, owner, Counters { number: count, sequence: count, counts }).await?;
    let mut created = Vec::with_capacity(drafts.len());
    for (draft, before_last) in drafts.iter().zip((0..count).rev()) {
        let number = last.number - before_last;
        let task = draft.clone().into_task(Uuid::now_v7(), number, now);
        let sequence = last.sequence - before_last;
        tasks::insert(tx, owner, &task, sequence).await?;
        created.push(Change { sequence, kind: ChangeKind::Created, task, time: now });
    }
    changes::append(tx, owner, &created).await?;
    Ok(created.into_iter().map(|change| change.task).collect())
}

/// Changes a task.
pub(super) async fn update(
    tx: &impl ConnectionTrait,
    owner: &Owner,
    target: &Target,
    kind: ChangeKind,
    now: Timestamp,
    change: impl Fn(&mut Task) -> Result<(), Error>,
) -> Result<Task, Error> {
    let before = tasks::find_for_update(tx, owner, target.id).await?.ok_or(Error::Denied)?;
    tandem_aip::etag::expect(&target.etag, before.version)?;
    let mut after = before.clone();
    change(&mut after)?;
    if after != before {
        let counts = Counts::of(&after) - Counts::of(&before);
        let by = Counters { number: 0, sequence: 1, counts };
        let sequence = counters::advance(tx, owner, by).await?.sequence;
        tasks::update(tx, owner, &before, &after, sequence).await?;
        let change = Change { sequence, kind, task: after.clone(), time: now };
        changes::append(tx, owner, &[change]).await?;
    }
    Ok(after)
}
