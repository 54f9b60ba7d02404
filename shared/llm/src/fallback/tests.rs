//! The order of calls, on a clock that advances only while all tasks wait.

use futures::future::ready;
use futures::stream;
use tokio::time::advance;

use super::*;

/// A model that always gives the same response, and counts its calls.
struct ConstantModel {
    name: &'static str,
    response: Result<Chunk, Error>,
    calls: Mutex<u32>,
}

impl ConstantModel {
    fn new(name: &'static str, response: Result<Chunk, Error>) -> Arc<Self> {
        Arc::new(Self { name, response, calls: Mutex::default() })
    }

    fn calls(&self) -> u32 {
        *self.calls.lock().unwrap()
    }
}

impl Model for ConstantModel {
    fn name(&self) -> &str {
        self.name
    }

    fn respond(&self, _: Prompt) -> BoxStream<'static, Result<Chunk, Error>> {
        *self.calls.lock().unwrap() += 1;
        stream::iter([self.response.clone()]).boxed()
    }
}

async fn respond(list: &Fallback) -> Vec<Result<Chunk, Error>> {
    let prompt = Prompt {
        system: String::new(),
        entries: Vec::new(),
        tools: Vec::new(),
        now: tandem_clock::Clock::system().now().to_datetime().with_timezone(&chrono_tz::Tz::UTC),
        max_output_tokens: 1,
    };
    let chunks = list.respond(prompt);
    chunks.filter(|chunk| ready(!matches!(chunk, Ok(Chunk::Source(_))))).collect().await
}

fn fallback_list(models: [&Arc<ConstantModel>; 2]) -> Fallback {
    let members = models.map(|it| Member::new(Arc::clone(it) as Arc<dyn Model>));
    Fallback::new("list", &members)
}

fn text() -> Result<Chunk, Error> {
    Ok(Chunk::Text("Hello".to_owned()))
}

#[tokio::test(start_paused = true)]
async fn a_failed_model_cools_down() {
    for (retry_after, cooldown) in [(None, 10), (Some(25), 25), (Some(u64::MAX), 3600)] {
        let retry_after = retry_after.map(Duration::from_secs);
        let error = Error::unavailable("503").with_retry_after(retry_after);
        let first = ConstantModel::new("first", Err(error));
        let second = ConstantModel::new("second", text());
        let list = fallback_list([&first, &second]);
        for _ in 0..3 {
            assert_eq!(respond(&list).await, [text()]);
        }
        assert_eq!((first.calls(), second.calls()), (1, 3));
        advance(Duration::from_secs(cooldown - 1)).await;
        respond(&list).await;
        assert_eq!(first.calls(), 1);
        advance(Duration::from_secs(1)).await;
        respond(&list).await;
        assert_eq!(first.calls(), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn a_cooling_model_is_the_last_resort() {
    let first = ConstantModel::new("first", Err(Error::idle_timeout("30 s")));
    let second = ConstantModel::new("second", Err(Error::rejected("401")));
    let list = fallback_list([&first, &second]);
    assert_eq!(respond(&list).await, [Err(Error::rejected("401"))]);
    assert_eq!(respond(&list).await, [Err(Error::idle_timeout("30 s"))], "now it is the last");
    assert_eq!((first.calls(), second.calls()), (2, 2));
}

#[tokio::test(start_paused = true)]
async fn a_rejection_starts_no_cooldown() {
    let first = ConstantModel::new("first", Err(Error::rejected("400")));
    let second = ConstantModel::new("second", text());
    let list = fallback_list([&first, &second]);
    respond(&list).await;
    respond(&list).await;
    assert_eq!(first.calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn an_empty_response_is_no_outage() {
    let first = ConstantModel::new("first", Ok(Chunk::Usage(crate::Usage::default())));
    let second = ConstantModel::new("second", Err(Error::unavailable("503")));
    let seen = respond(&fallback_list([&first, &second])).await;
    assert_eq!(seen.last(), Some(&Err(Error::empty())), "of the first model: {seen:?}");
}
