//! What may go wrong around the service: other replicas, `kill -9`, a database that goes away.

mod line;
mod migrate;
mod outage;
mod page_tokens;
mod process;
mod replica;
mod replicas;
mod restart;
mod story;
mod writer;
