//! The task service alone.

mod change_history;
mod line;
mod migrate;
mod outage;
mod page_tokens;
mod process;
mod replica;
mod replicas;
mod restart;
mod writer;
