//! A user who posts a message and reads its turn to the end, however often the line breaks.

use std::error::Error as _;
use std::time::Duration;

use tandem_proto::chat::turn_event::Event;
use tandem_proto::chat::{
    CreateConversationRequest, FollowTurnRequest, StreamMessageRequest, TurnEvent,
};
use tokio::sync::oneshot;
use tokio::time::{Instant, interval};
use tonic::{Code, Status, Streaming};

use super::system::Line;

/// How long a turn may take to end: kills, starts on a busy machine, and a lease.
const END: Duration = Duration::from_secs(90);

/// Told when the event with this sequence number, or the last one, was read.
pub(crate) type Moment = (i64, oneshot::Sender<()>);

/// A user with a conversation.
pub(crate) struct Client {
    /// The conversation.
    pub(crate) conversation: String,
    name: usize,
    turns: usize,
}

/// A turn as its user saw it.
pub(crate) struct Turn {
    /// The message, which no other turn has.
    pub(crate) name: String,
    /// The conversation.
    pub(crate) conversation: String,
    /// Its events, each once.
    pub(crate) events: Vec<TurnEvent>,
    /// How often the stream broke off.
    pub(crate) cuts: usize,
}

impl Client {
    pub(crate) async fn new(line: Line, name: usize) -> Self {
        let request = CreateConversationRequest::default();
        let conversation = line.chat().create_conversation(request).await.expect("a conversation");
        Self { conversation: conversation.into_inner().id, name, turns: 0 }
    }

    /// Posts a message and reads the turn to its end.
    pub(crate) async fn turn(&mut self, line: &Line, mut moment: Option<Moment>) -> Turn {
        self.turns += 1;
        let mut turn = Turn {
            name: format!("Errand {}.{}", self.name, self.turns),
            conversation: self.conversation.clone(),
            events: Vec::new(),
            cuts: 0,
        };
        let (begin, mut again) = (Instant::now(), interval(Duration::from_millis(20)));
        while !turn.is_over() {
            assert!(begin.elapsed() < END, "{} does not end: {:?}", turn.name, turn.events);
            again.tick().await;
            match turn.open(line).await {
                Ok(stream) => turn.read(stream, &mut moment).await,
                Err(refusal) => expect_away(&turn.name, &refusal),
            }
        }
        turn
    }
}

impl Turn {
    /// Posts the message, with the same request id however often; once the turn is known, goes on
    /// behind the last event.
    async fn open(&self, line: &Line) -> Result<Streaming<TurnEvent>, Status> {
        let answer = match self.events.last() {
            None => {
                let request = StreamMessageRequest {
                    conversation_id: self.conversation.clone(),
                    content: self.name.clone(),
                    request_id: self.name.replace(' ', "-"),
                    ..StreamMessageRequest::default()
                };
                line.chat().stream_message(request).await
            }
            Some(last) => {
                let id = last.turn_id.clone();
                let request = FollowTurnRequest { id, after_sequence: last.sequence };
                line.chat().follow_turn(request).await
            }
        };
        answer.map(tonic::Response::into_inner)
    }

    /// Reads until the turn ends or the stream does.
    async fn read(&mut self, mut stream: Streaming<TurnEvent>, moment: &mut Option<Moment>) {
        loop {
            let event = match stream.message().await {
                Ok(Some(event)) => event,
                Ok(None) => panic!("{} stops without an end: {:?}", self.name, self.events),
                Err(refusal) => {
                    expect_away(&self.name, &refusal);
                    self.cuts += 1;
                    return;
                }
            };
            let expected = self.events.last().map_or(1, |last| last.sequence + 1);
            assert_eq!(event.sequence, expected, "{} has no gap and no double", self.name);
            self.events.push(event);
            if let Some((_, told)) = moment.take_if(|(at, _)| expected >= *at || self.is_over()) {
                // Nobody waits any more where the system is gone.
                let _ = told.send(());
            }
            if self.is_over() {
                return;
            }
        }
    }

    fn is_over(&self) -> bool {
        let last = self.events.last().and_then(|last| last.event.as_ref());
        matches!(last, Some(Event::MessageCompleted(_) | Event::Failed(_) | Event::Cancelled(_)))
    }
}

/// A service that is away says so, or the line to it breaks; anything else is a fault.
fn expect_away(name: &str, refusal: &Status) {
    let broken = refusal.source().is_some() || refusal.code() == Code::Unknown;
    assert!(broken || refusal.code() == Code::Unavailable, "{name}: {refusal:?}");
}
