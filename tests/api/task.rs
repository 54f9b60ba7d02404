//! The task service.

mod batch_create;
mod complete;
mod create;
mod delete;
mod etags;
mod get;
mod get_summary;
mod lifecycle;
mod list;
mod purge_time;
mod reopen;
mod undelete;
mod update;
mod watch;

database_tests! {
    modules:
        batch_create, complete, create, delete, etags, get, get_summary, lifecycle, list, purge_time, reopen,
        undelete, update, watch;
}
