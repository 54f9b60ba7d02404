//! The tasks database: plain functions over a connection or a transaction, every one of which names
//! the owner, and [`Door`], the one way to change anything. The only place that knows sea-orm.

mod door;
mod entity;
mod list;
mod migrations;
mod search;
mod tasks;

pub use door::{Door, Target};
pub use list::{Page, list};
pub use migrations::Migrator;
pub use tasks::find;
