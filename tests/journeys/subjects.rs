// One file a subject.

mod app;
mod authentication;
mod by_id;
mod conversation;
mod input;
mod json;
mod phrasings;
mod puppet;
mod refusal;
mod rpc;
mod strangers;
mod text;
mod watch;
