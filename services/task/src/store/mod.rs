//! The tasks database: plain functions over a connection or a transaction, every one of which names
//! the owner, and [`Door`], the one way to change anything. The only place that knows sea-orm.

mod changes;
mod counters;
mod door;
mod entity;
mod list;
mod migrations;
mod purge;
mod search;
mod tasks;
mod watchers;
mod write;

pub use changes::{CHANNEL, list_changes};
pub use counters::{Counters, counters};
pub use door::{Door, Target};
pub use list::{ListQuery, MAX_ROWS_SCANNED, Page, list};
pub use migrations::Migrator;
pub use purge::{Kept, Purged};
pub use search::terms as search_terms;
pub use tasks::{count_due, find, snapshot};
pub use watchers::{Ear, Watchers};
