use std::time::Duration;

use futures::StreamExt as _;
use tandem_config::HumanDuration;
use tandem_error::reason;
use tandem_proto::errors::ErrorReason;
use tokio::sync::{mpsc, oneshot};
use tonic_types::StatusExt as _;

use super::*;

const TIMEOUT: Duration = Duration::from_secs(30);

/// Of ten messages of one character, which take three bytes each.
fn settings() -> StreamSettings {
    StreamSettings { reader_timeout: HumanDuration::from_secs(30), buffer_bytes: 30 }
}

/// Sends `count` messages, each of one character, and reports how many were accepted.
fn counting(count: usize) -> (ResponseStream<String>, mpsc::UnboundedReceiver<usize>) {
    let (accepted, accepts) = mpsc::unbounded_channel();
    let stream = ResponseStream::spawn(&settings(), |messages| async move {
        for number in 1..=count {
            messages.send("x".to_owned()).await;
            accepted.send(number).expect("the test counts");
        }
        Ok(())
    });
    (stream, accepts)
}

/// Lets the task run until it waits.
async fn settle() {
    tokio::time::sleep(Duration::from_millis(1)).await;
}

#[tokio::test(start_paused = true)]
async fn messages_and_end_arrive() {
    let (stream, _accepts) = counting(25);
    let messages = stream.collect::<Vec<_>>().await;
    assert_eq!(messages.len(), 25);
    assert!(messages.iter().all(Result::is_ok));
}

#[tokio::test(start_paused = true)]
async fn unread_messages_are_bounded() {
    let (mut stream, mut accepts) = counting(25);
    settle().await;
    assert_eq!(accepts.len(), 10);
    for _ in 0..3 {
        stream.next().await.expect("a message").expect("no error");
    }
    settle().await;
    assert_eq!(accepts.len(), 13);
    while accepts.try_recv().is_ok() {}
}

#[tokio::test(start_paused = true)]
async fn large_message_waits_alone() {
    let mut stream = ResponseStream::spawn(&settings(), |messages| async move {
        for text in ["x".repeat(100), "y".repeat(100)] {
            messages.send(text).await;
        }
        Ok(())
    });
    for first in ["x", "y"] {
        let message = stream.next().await.expect("a message").expect("no error");
        assert!(message.starts_with(first) && message.len() == 100);
    }
    assert!(stream.next().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn stalled_reader_gets_an_error() {
    let (mut stream, _accepts) = counting(25);
    tokio::time::sleep(TIMEOUT - Duration::from_secs(1)).await;
    stream.next().await.expect("a message").expect("in time");
    tokio::time::sleep(TIMEOUT - Duration::from_secs(1)).await;
    stream.next().await.expect("a message").expect("in time again");
    tokio::time::sleep(TIMEOUT + Duration::from_secs(1)).await;
    let status = stream.next().await.expect("an end").expect_err("too slow");
    assert_eq!(reason(&status), Some(ErrorReason::ReaderTooSlow));
    assert!(stream.next().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn unread_rest_of_an_ended_stream_expires() {
    let (mut stream, _accepts) = counting(3);
    tokio::time::sleep(TIMEOUT + Duration::from_secs(1)).await;
    let status = stream.next().await.expect("an end").expect_err("too slow");
    assert_eq!(reason(&status), Some(ErrorReason::ReaderTooSlow));
}

#[tokio::test(start_paused = true)]
async fn idle_stream_does_not_expire() {
    let (send, sent) = oneshot::channel();
    let mut stream = ResponseStream::spawn(&settings(), |messages| async move {
        sent.await.expect("the test sends");
        messages.send("late".to_owned()).await;
        Ok(())
    });
    tokio::time::sleep(100 * TIMEOUT).await;
    send.send(()).expect("the stream is open");
    assert_eq!(stream.next().await.expect("a message").expect("no error"), "late");
}

#[tokio::test(start_paused = true)]
async fn stalled_reader_resumes_after_what_it_took() {
    let resume = ResumePoint { start: "0".to_owned(), after: |text: &String| text.as_str() };
    let numbers = |messages: MessageSender<String>| async move {
        for number in 1.. {
            messages.send(number.to_string()).await;
        }
        Ok(())
    };
    let mut stream = ResponseStream::spawn_resumable(&settings(), resume, numbers);
    for _ in 0..4 {
        stream.next().await.expect("a message").expect("no error");
    }
    tokio::time::sleep(TIMEOUT + Duration::from_secs(1)).await;
    let status = stream.next().await.expect("an end").expect_err("too slow");
    let info = status.get_details_error_info().expect("an ErrorInfo");
    assert_eq!(
        (info.reason.as_str(), info.metadata["resume_token"].as_str()),
        ("READER_TOO_SLOW", "4")
    );
}

#[tokio::test(start_paused = true)]
async fn task_is_cancelled_with_the_response() {
    let (held, mut released) = mpsc::channel::<()>(1);
    let stream = ResponseStream::<String>::spawn(&settings(), |_messages| async move {
        let _held = held;
        std::future::pending().await
    });
    settle().await;
    drop(stream);
    assert!(released.recv().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn panic_ends_the_stream() {
    let mut stream = ResponseStream::<String>::spawn(&settings(), |_messages| async {
        panic!("a bug");
    });
    let status = stream.next().await.expect("an end").expect_err("an error");
    assert_eq!(reason(&status), Some(ErrorReason::Internal));
}
