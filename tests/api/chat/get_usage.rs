//! `GetUsage`.

use tandem_proto::chat::GetUsageRequest;

use crate::chat::retention::send;
use crate::support::app::{App, Start};
use crate::support::manual_clock::ManualClock;

/// Seconds in an hour.
const HOUR: u64 = 60 * 60;

async fn usage_is_counted_by_day_and_model() {
    let clock = ManualClock::new();
    clock.advance(14 * HOUR); // Monday, 23:00
    let app = App::start_with(Start { clock: clock.clock(), ..Start::default() }).await;
    let (id, _) = send(&app, "alice", "", "add buy milk").await;
    let tuesday = clock.after(3600);
    clock.advance(2 * HOUR);
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
