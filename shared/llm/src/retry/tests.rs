//! When a provider is asked again, on a clock that only moves when everything waits.

use std::sync::Mutex;

use futures::stream;
use tokio::time::Instant;

use super::*;

/// A model that plays one answer a call, and knows when it was asked.
struct Player {
    answers: Mutex<Vec<Vec<Result<Chunk, Error>>>>,
    asked: Mutex<Vec<Instant>>,
}

impl Model for Player {
    fn name(&self) -> &str {
        "player"
    }

    fn respond(&self, _: Prompt) -> BoxStream<'static, Result<Chunk, Error>> {
        self.asked.lock().unwrap().push(Instant::now());
        stream::iter(self.answers.lock().unwrap().remove(0)).boxed()
    }
}

fn prompt() -> Prompt {
    Prompt {
        system: String::new(),
        entries: Vec::new(),
        tools: Vec::new(),
        now: chrono::Utc::now().with_timezone(&chrono_tz::Tz::UTC),
        max_output_tokens: 1,
    }
}

/// What a model says that is asked again, and the pauses before that, in milliseconds.
async fn play(answers: Vec<Vec<Result<Chunk, Error>>>) -> (Vec<Result<Chunk, Error>>, Vec<u128>) {
    let player = Arc::new(Player { answers: Mutex::new(answers), asked: Mutex::default() });
    let patience =
        Patience { retries: 3, pause: Duration::from_secs(1), longest: Duration::from_secs(10) };
    let model = Retry::new(Arc::clone(&player) as Arc<dyn Model>, patience);
    let said = model.respond(prompt()).collect().await;
    let asked = player.asked.lock().unwrap();
    (said, asked.windows(2).map(|pair| (pair[1] - pair[0]).as_millis()).collect())
}

fn text() -> Result<Chunk, Error> {
    Ok(Chunk::Text("Hello".to_owned()))
}

fn away(seconds: Option<u64>) -> Vec<Result<Chunk, Error>> {
    vec![Err(Error::unavailable("503").wait(seconds.map(Duration::from_secs)))]
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_asked_again_after_pauses_that_double() {
    let (said, pauses) = play(vec![away(None), away(None), away(None), vec![text()]]).await;
    assert_eq!(said, [text()]);
    for (pause, whole) in pauses.iter().zip([1000, 2000, 4000]) {
        assert!((whole / 2..=whole + 1).contains(pause), "{pauses:?}");
    }
    assert_eq!(pauses.len(), 3);
}

#[tokio::test(start_paused = true)]
async fn the_provider_says_how_long_the_pause_is() {
    let (said, pauses) = play(vec![away(Some(7)), away(Some(0)), vec![text()]]).await;
    assert_eq!((said, pauses), (vec![text()], vec![7000, 0]));
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_for_longer_than_the_longest_pause() {
    let (said, pauses) = play(vec![away(Some(11))]).await;
    assert_eq!((said, pauses), (away(Some(11)), vec![]));
}

#[tokio::test(start_paused = true)]
async fn after_the_last_try_the_failure_is_the_answer() {
    let (said, pauses) = play(vec![away(None), away(None), away(None), away(None)]).await;
    assert_eq!((said, pauses.len()), (away(None), 3));
}

#[tokio::test(start_paused = true)]
async fn what_was_begun_is_not_asked_for_again() {
    let broken = || Err(Error::broken("cut"));
    let (said, pauses) = play(vec![vec![text(), broken()]]).await;
    assert_eq!((said, pauses.len()), (vec![text(), broken()], 0));
    let (said, pauses) = play(vec![vec![broken()], vec![text()]]).await;
    assert_eq!((said, pauses.len()), (vec![text()], 1));
}

#[tokio::test(start_paused = true)]
async fn what_is_refused_or_silent_is_not_asked_again() {
    for error in [Error::refused("401"), Error::silent("30 s")] {
        let (said, pauses) = play(vec![vec![Err(error.clone())]]).await;
        assert_eq!((said, pauses.len()), (vec![Err(error)], 0));
    }
}
