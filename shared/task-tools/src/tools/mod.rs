//! The tools, a file each: the arguments, and the call to the task service.

mod add_task;
mod complete_task;
mod delete_task;
mod list_tasks;
mod lookup;
mod reopen_task;
mod update_task;

pub(crate) use add_task::AddTask;
pub(crate) use complete_task::CompleteTask;
pub(crate) use delete_task::DeleteTask;
pub(crate) use list_tasks::ListTasks;
pub(crate) use reopen_task::ReopenTask;
pub(crate) use update_task::UpdateTask;
