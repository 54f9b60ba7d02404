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
mod transactions;
mod writer;

pub use changes::{CHANGES_CHANNEL, list_changes};
pub use counters::{Counters, find_counters};
pub use list::{ListQuery, MAX_ROWS_SCANNED, Page, list};
pub use migrations::Migrator;
pub use notifier::{ChangeNotifier, Subscription};
pub use purge::{PurgeReport, RetentionCutoffs};
pub use search::{MAX_BLOCKS_SEARCHED, terms as search_terms};
pub use tasks::{count_due, find_task, list_snapshot};
pub use writer::{TaskTarget, TaskWriter};
