//! Load: callers that call again as soon as a call completes.

use std::time::{Duration, Instant};

use futures::future::join_all;
use tandem_proto::task::task_service_client::TaskServiceClient;
use tandem_test_support::AuthenticatedChannel;
use tonic::transport::{Channel, Endpoint};

use super::cpu::Cpu;

/// The cost of a load.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cost {
    /// Completed calls.
    pub(crate) calls: u64,
    /// Elapsed time.
    pub(crate) time: Duration,
    /// CPU time of the server, and of its database if that is another process.
    pub(crate) cpu: [Duration; 2],
}

impl Cost {
    /// CPU time of the server per call, in microseconds.
    pub(crate) fn server(&self) -> f64 {
        self.per_call(self.cpu[0])
    }

    /// CPU time of server and database together per call, in microseconds.
    pub(crate) fn together(&self) -> f64 {
        self.per_call(self.cpu[0] + self.cpu[1])
    }

    /// Calls per second.
    pub(crate) fn rate(&self) -> f64 {
        self.count() / self.time.as_secs_f64()
    }

    fn per_call(&self, cpu: Duration) -> f64 {
        cpu.as_secs_f64() * 1e6 / self.count()
    }

    fn count(&self) -> f64 {
        f64::from(u32::try_from(self.calls).expect("a number of calls that fits"))
    }
}

/// The processes whose CPU time is read: the server, and its database if that is another process.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Meters {
    pub(crate) server: Cpu,
    pub(crate) database: Option<Cpu>,
}

impl Meters {
    fn used(self) -> [Duration; 2] {
        [self.server.used(), self.database.map_or(Duration::ZERO, Cpu::used)]
    }
}

/// Runs `callers` concurrent callers for `time`, after a warm-up of a fifth of it; `call` gets the caller's
/// index.
pub(crate) async fn run<F>(
    meters: Meters,
    callers: usize,
    time: Duration,
    call: impl Fn(usize) -> F,
) -> Cost
where
    F: Future<Output = ()>,
{
    repeat(callers, time / 5, &call).await;
    let (start, before) = (Instant::now(), meters.used());
    let calls = repeat(callers, time, &call).await;
    let (time, after) = (start.elapsed(), meters.used());
    Cost { calls, time, cpu: [after[0] - before[0], after[1] - before[1]] }
}

async fn repeat<F>(callers: usize, time: Duration, call: &impl Fn(usize) -> F) -> u64
where
    F: Future<Output = ()>,
{
    let start = Instant::now();
    let caller = async |index| {
        let mut calls = 0;
        while start.elapsed() < time {
            call(index).await;
            calls += 1;
        }
        calls
    };
    join_all((0..callers).map(caller)).await.into_iter().sum()
}

/// A client of the task service with a user's token.
pub(crate) type Tasks = TaskServiceClient<AuthenticatedChannel>;

/// A connection to a server.
pub(crate) async fn connect(url: &str) -> Channel {
    Endpoint::from_shared(url.to_owned()).expect("a URL").connect().await.expect("a server")
}
