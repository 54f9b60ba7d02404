//! What a process prints, while it prints it.

use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::sync::watch;
use tokio::time::timeout;

/// How long anything may take before its test fails. Nothing here comes near it.
const LIMIT: Duration = Duration::from_secs(60);

/// Everything that a process has printed on one of its streams.
#[derive(Clone)]
pub(crate) struct Output(watch::Receiver<Vec<u8>>);

impl Output {
    /// Reads `stream` to its end, whether somebody looks or not.
    pub(crate) fn of(mut stream: impl AsyncRead + Send + Unpin + 'static) -> Self {
        let (sender, receiver) = watch::channel(Vec::new());
        tokio::spawn(async move {
            let mut piece = vec![0; 4096];
            while let Ok(length @ 1..) = stream.read(&mut piece).await {
                sender.send_modify(|text| text.extend_from_slice(&piece[..length]));
            }
        });
        Self(receiver)
    }

    /// What was printed up to now.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.borrow()).into_owned()
    }

    /// Waits until `part` has been printed. False where the process ended without it.
    pub(crate) async fn has(&self, part: &str) -> bool {
        let mut stream = self.0.clone();
        let printed = stream.wait_for(|text| String::from_utf8_lossy(text).contains(part));
        in_time(part, printed).await.is_ok()
    }

    /// Waits until `part` has been printed, which has to happen.
    pub(crate) async fn until(&self, part: &str) {
        let found = self.has(part).await;
        assert!(found, "the process ended without printing {part:?}; it printed:\n{}", self.text());
    }

    /// Waits until the process has closed the stream, and answers everything.
    pub(crate) async fn to_end(&self) -> String {
        let mut stream = self.0.clone();
        // Never true: it ends with the stream.
        let _ = in_time("the end of the output", stream.wait_for(|_| false)).await;
        self.text()
    }
}

/// Waits for `event`, and fails the test where it does not come.
pub(crate) async fn in_time<F: Future>(what: &str, event: F) -> F::Output {
    within(LIMIT, what, event).await
}

/// The same with a limit of its own, for what has to be fast.
pub(crate) async fn within<F: Future>(limit: Duration, what: &str, event: F) -> F::Output {
    match timeout(limit, event).await {
        Ok(outcome) => outcome,
        Err(_) => panic!("waited {limit:?} in vain for: {what}"),
    }
}
