//! The tasks database. Reads are plain functions over a connection, each scoped to an owner. Every write
//! goes through [`TaskWriter`]. The only module that uses sea-orm.

mod changes;
mod counters;
mod entity;
mod list;
mod migrations;
mod notifier;
mod purge;
mod search;
mod stored_task;
mod tasks;
#[cfg(test)]
mod tests;
mod transactions;
mod writer;

pub use changes::{find_next_sequence, list_changes};
pub use counters::{Counters, find_counters};
pub use list::{ListQuery, MAX_ROWS_SCANNED, Page, list};
pub use migrations::Migrator;
pub use notifier::{ChangeNotifier, listen_to_replicas};
pub use purge::{PurgeReport, RetentionCutoffs};
pub use search::{MAX_BLOCKS_SEARCHED, terms as search_terms};
pub use tasks::{count_due, find_task, list_snapshot};
pub use writer::{TaskTarget, TaskWriter};
