//! `GetUsage`.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use prost_types::Timestamp;
use tandem_clock::Clock;
use tandem_proto::chat::GetUsageRequest;

use crate::chat::retention::{MONDAY, send};
use crate::support::app::{App, Start};

async fn usage_is_counted_by_day_and_model() {
    let now = Arc::new(AtomicI64::new(MONDAY));
    let time = Arc::clone(&now);
    let clock =
        Clock::from_fn(move || tandem_clock::Timestamp::from_micros(time.load(Ordering::SeqCst)));
    let app = App::start_with(Start { clock, ..Start::default() }).await;
    let (id, _) = send(&app, "alice", "", "add buy milk").await;
    now.fetch_add(2 * 60 * 60 * 1_000_000, Ordering::SeqCst);
    send(&app, "alice", &id, "hello").await;
    send(&app, "alice", &id, "add buy milk and add buy bread").await;

    let request = GetUsageRequest::default();
    let usage = app.chat_as("alice").get_usage(request).await.expect("usage").into_inner().days;
    let counts = usage.iter().map(|day| {
        (
            day.date.as_str(),
            day.model.as_str(),
            day.turn_count,
            day.message_count,
            day.tool_call_count,
        )
    });
    let expected = [("2026-03-03", "builtin", 2, 4, 2), ("2026-03-02", "builtin", 1, 2, 1)];
    assert_eq!(counts.collect::<Vec<_>>(), expected);
    assert!(usage.iter().all(|day| day.input_token_count > 0 && day.output_token_count > 0));

    let tuesday = Timestamp { seconds: (MONDAY + 60 * 60 * 1_000_000) / 1_000_000, nanos: 0 };
    let until = GetUsageRequest { end_time: Some(tuesday), ..GetUsageRequest::default() };
    let usage = app.chat_as("alice").get_usage(until).await.expect("usage").into_inner().days;
    assert_eq!(usage.iter().map(|day| day.date.as_str()).collect::<Vec<_>>(), ["2026-03-02"]);
    let from = GetUsageRequest { start_time: Some(tuesday), ..GetUsageRequest::default() };
    let usage = app.chat_as("alice").get_usage(from).await.expect("usage").into_inner().days;
    assert_eq!(usage.iter().map(|day| day.date.as_str()).collect::<Vec<_>>(), ["2026-03-03"]);
    let request = GetUsageRequest::default();
    assert!(
        app.chat_as("bob").get_usage(request).await.expect("usage").into_inner().days.is_empty()
    );
}

database_tests! {
    tests:
        usage_is_counted_by_day_and_model;
}
