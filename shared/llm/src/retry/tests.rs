//! Retries, on a clock that advances only while all tasks wait.

use std::sync::Mutex;

use futures::stream;
use tokio::time::Instant;

use super::*;

/// A model that gives one prepared response per call, and records the time of each call.
struct PreparedModel {
    responses: Mutex<Vec<Vec<Result<Chunk, Error>>>>,
    called_at: Mutex<Vec<Instant>>,
}

impl Model for PreparedModel {
    fn name(&self) -> &str {
        "prepared"
    }

    fn respond(&self, _: Prompt) -> BoxStream<'static, Result<Chunk, Error>> {
        self.called_at.lock().unwrap().push(Instant::now());
        stream::iter(self.responses.lock().unwrap().remove(0)).boxed()
    }
}

fn prompt() -> Prompt {
    Prompt {
        system: String::new(),
        entries: Vec::new(),
        tools: Vec::new(),
        now: tandem_clock::Clock::system().now().to_datetime().with_timezone(&chrono_tz::Tz::UTC),
        max_output_tokens: 1,
    }
}

/// What a retried model streams, and the delays before the retries in milliseconds.
async fn respond_with_retries(
    responses: Vec<Vec<Result<Chunk, Error>>>,
) -> (Vec<Result<Chunk, Error>>, Vec<u128>) {
    let prepared =
        Arc::new(PreparedModel { responses: Mutex::new(responses), called_at: Mutex::default() });
    let policy = RetryPolicy {
        max_retries: 3,
        initial_backoff: Duration::from_secs(1),
        max_backoff: Duration::from_secs(10),
    };
    let model = Retry::new(Arc::clone(&prepared) as Arc<dyn Model>, policy);
    let chunks = model.respond(prompt()).collect().await;
    let called_at = prepared.called_at.lock().unwrap();
    (chunks, called_at.windows(2).map(|pair| (pair[1] - pair[0]).as_millis()).collect())
}

fn text() -> Result<Chunk, Error> {
    Ok(Chunk::Text("Hello".to_owned()))
}

fn unavailable(retry_after: Option<u64>) -> Vec<Result<Chunk, Error>> {
    let retry_after = retry_after.map(Duration::from_secs);
    vec![Err(Error::unavailable("503").with_retry_after(retry_after))]
}

#[tokio::test(start_paused = true)]
async fn backoff_doubles_with_each_retry() {
    let failures = [unavailable(None), unavailable(None), unavailable(None)];
    let (chunks, delays) = respond_with_retries([&failures[..], &[vec![text()]]].concat()).await;
    assert_eq!(chunks, [text()]);
    for (delay, backoff) in delays.iter().zip([1000, 2000, 4000]) {
        assert!((backoff / 2..=backoff + 1).contains(delay), "{delays:?}");
    }
    assert_eq!(delays.len(), 3);
}

#[tokio::test(start_paused = true)]
async fn retry_after_overrides_the_backoff() {
    let responses = vec![unavailable(Some(7)), unavailable(Some(0)), vec![text()]];
    let (chunks, delays) = respond_with_retries(responses).await;
    assert_eq!((chunks, delays), (vec![text()], vec![7000, 0]));
}

#[tokio::test(start_paused = true)]
async fn retry_after_over_the_maximum_fails() {
    let (chunks, delays) = respond_with_retries(vec![unavailable(Some(11))]).await;
    assert_eq!((chunks, delays), (unavailable(Some(11)), vec![]));
}

#[tokio::test(start_paused = true)]
async fn the_last_failure_is_returned() {
    let (chunks, delays) = respond_with_retries(vec![unavailable(None); 4]).await;
    assert_eq!((chunks, delays.len()), (unavailable(None), 3));
}

#[tokio::test(start_paused = true)]
async fn a_started_response_is_not_retried() {
    let invalid = || Err(Error::invalid_response("cut"));
    let (chunks, delays) = respond_with_retries(vec![vec![text(), invalid()]]).await;
    assert_eq!((chunks, delays.len()), (vec![text(), invalid()], 0));
    let (chunks, delays) = respond_with_retries(vec![vec![invalid()], vec![text()]]).await;
    assert_eq!((chunks, delays.len()), (vec![text()], 1));
}

#[tokio::test(start_paused = true)]
async fn rejections_and_timeouts_are_not_retried() {
    for error in [Error::rejected("401"), Error::idle_timeout("30 s")] {
        let (chunks, delays) = respond_with_retries(vec![vec![Err(error.clone())]]).await;
        assert_eq!((chunks, delays.len()), (vec![Err(error)], 0));
    }
}

#[tokio::test(start_paused = true)]
async fn a_response_without_content_is_retried() {
    let tokens = |count| Ok(Chunk::Usage(crate::Usage::from_counts(count, 0)));
    let responses = vec![vec![tokens(1)], vec![tokens(2), Err(Error::empty())], vec![text()]];
    let (chunks, delays) = respond_with_retries(responses).await;
    assert_eq!(chunks, [tokens(1), tokens(2), text()], "and its tokens count");
    assert_eq!(delays.len(), 2);
}
