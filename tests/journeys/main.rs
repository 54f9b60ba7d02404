//! Journeys through the whole system, one file a subject.

mod app;
mod conversation;
mod json;
mod phrasings;
