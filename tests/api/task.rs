//! The task service.

mod batch_create;
mod create;
mod delete;
mod etags;
mod lifecycle;
mod list;
mod purge_time;
mod update;
mod watch;

database_tests! {
    modules:
        batch_create, create, delete, etags, lifecycle, list, purge_time, update, watch;
}
