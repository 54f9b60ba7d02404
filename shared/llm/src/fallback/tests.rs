//! Who is asked, on a clock that only moves when everything waits.

use futures::stream;
use tokio::time::advance;

use super::*;

/// A model that always says the same, and knows how often it was asked.
struct Parrot {
    name: &'static str,
    says: Result<Chunk, Error>,
    asked: Mutex<u32>,
}

impl Parrot {
    fn new(name: &'static str, says: Result<Chunk, Error>) -> Arc<Self> {
        Arc::new(Self { name, says, asked: Mutex::default() })
    }

    fn asked(&self) -> u32 {
        *self.asked.lock().unwrap()
    }
}

impl Model for Parrot {
    fn name(&self) -> &str {
        self.name
    }

    fn respond(&self, _: Prompt) -> BoxStream<'static, Result<Chunk, Error>> {
        *self.asked.lock().unwrap() += 1;
        stream::iter([self.says.clone()]).boxed()
    }
}

async fn ask(list: &Fallback) -> Vec<Result<Chunk, Error>> {
    let prompt = Prompt {
        system: String::new(),
        entries: Vec::new(),
        tools: Vec::new(),
        now: chrono::Utc::now().with_timezone(&chrono_tz::Tz::UTC),
        max_output_tokens: 1,
    };
    list.respond(prompt).collect().await
}

fn list(models: [&Arc<Parrot>; 2]) -> Fallback {
    let members = models.map(|it| Member::new(Arc::clone(it) as Arc<dyn Model>));
    Fallback::new("list", &members)
}

fn text() -> Result<Chunk, Error> {
    Ok(Chunk::Text("Hello".to_owned()))
}

#[tokio::test(start_paused = true)]
async fn one_that_failed_rests_and_is_asked_again_then() {
    for (wait, rest) in [(None, 10), (Some(25), 25), (Some(u64::MAX), 3600)] {
        let error = Error::unavailable("503").wait(wait.map(Duration::from_secs));
        let (first, second) = (Parrot::new("first", Err(error)), Parrot::new("second", text()));
        let list = list([&first, &second]);
        for _ in 0..3 {
            assert_eq!(ask(&list).await, [text()]);
        }
        assert_eq!((first.asked(), second.asked()), (1, 3));
        advance(Duration::from_secs(rest - 1)).await;
        ask(&list).await;
        assert_eq!(first.asked(), 1);
        advance(Duration::from_secs(1)).await;
        ask(&list).await;
        assert_eq!(first.asked(), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn one_that_rests_is_asked_before_nobody_is() {
    let first = Parrot::new("first", Err(Error::silent("30 s")));
    let second = Parrot::new("second", Err(Error::refused("401")));
    let list = list([&first, &second]);
    assert_eq!(ask(&list).await, [Err(Error::refused("401"))]);
    assert_eq!(ask(&list).await, [Err(Error::silent("30 s"))], "now it is the last");
    assert_eq!((first.asked(), second.asked()), (2, 2));
}

#[tokio::test(start_paused = true)]
async fn one_that_refused_a_call_is_asked_the_next_one() {
    let first = Parrot::new("first", Err(Error::refused("400")));
    let second = Parrot::new("second", text());
    let list = list([&first, &second]);
    ask(&list).await;
    ask(&list).await;
    assert_eq!(first.asked(), 2);
}
