//! Unread responses do not affect other users.

mod chat;
mod task;

use std::io::{Write as _, stderr};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use prost::Message;
use tandem_test_support::http2::{Call, Http2Client, Windows};
use tandem_test_support::process::within;
use tonic::transport::Channel;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

/// More than the database connections of a service, 8 by default, with room for each.
const CALLS: usize = 24;

/// The reads of the other user while the responses are unread.
const READS: usize = 100;

/// The limit of each: generous, because the machine may be busy. The times are printed.
const LIMIT: Duration = Duration::from_secs(2);

/// The windows of the attacks, and their names.
const WINDOWS: [(&str, Windows); 3] = [
    ("no window", Windows::per_call(0)),
    ("a window of 1 byte", Windows::per_call(1)),
    ("the default window", Windows::DEFAULT),
];

/// A method whose response is not read.
struct Attack<'a, M> {
    address: SocketAddr,
    token: &'a str,
    path: &'static str,
    request: M,
}

impl<M: Message> Attack<'_, M> {
    /// Leaves responses unread with each window, and meanwhile calls `read` again and again.
    async fn run(&self, channel: &Channel, read: impl AsyncFn()) {
        for (name, windows) in WINDOWS {
            let client = Http2Client::connect(self.address, windows).await;
            let _calls = self.begin_calls(&client).await;
            let what = format!("{} with {name}", self.path);
            let mut longest = Duration::ZERO;
            for _ in 0..READS {
                let start = Instant::now();
                within(LIMIT, &what, read()).await;
                longest = longest.max(start.elapsed());
            }
            // The goal is 100 ms on an idle machine.
            let _ = writeln!(stderr(), "{what}: another user's read took {longest:?} at most");
            assert!(is_serving(channel).await, "{what}");
        }
    }

    async fn begin_calls(&self, client: &Http2Client) -> Vec<Call> {
        let mut calls = Vec::new();
        for _ in 0..CALLS {
            let mut call = client.call(self.path, self.token, &self.request).await;
            assert!(call.begins().await, "{} is accepted", self.path);
            calls.push(call);
        }
        calls
    }
}

async fn is_serving(channel: &Channel) -> bool {
    let mut client = HealthClient::new(channel.clone());
    let check = client.check(HealthCheckRequest::default());
    let health = within(LIMIT, "the health of a service", check).await.expect("an answer");
    health.into_inner().status() == ServingStatus::Serving
}

database_tests! {
    modules:
        chat, task;
}
