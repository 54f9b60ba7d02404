// One file a subject.

mod app;
mod authentication;
mod by_id;
mod conversation;
mod conversations;
mod events;
mod hands;
mod input;
mod json;
mod keeping;
mod line;
mod lists;
mod models;
mod page_tokens;
mod phrasings;
mod puppet;
mod refusal;
mod refusals;
mod rpc;
mod search;
mod strangers;
mod talk;
mod tasks;
mod text;
mod turns;
mod watch;
