//! Tasks, lists, conversations, turns and events.

mod app;
mod conversations;
mod events;
mod hands;
mod json;
mod lists;
mod puppet;
mod refusal;
mod talk;
mod tasks;
mod turns;
