//! The line between the chat service and the task service, which a test can disturb.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy, sink};
use tokio::net::{TcpListener, TcpStream};
use tokio::select;
use tokio::sync::watch;

/// More than a service says of itself when a connection begins, and less than any answer.
const GREETING: usize = 160;

/// What happens on the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// Everything comes through.
    Open,
    /// Connections end as they begin.
    Cut,
    /// Connections are taken, and nothing is ever answered.
    Silent,
    /// Calls come through. With the first answer the connection ends, and from then on it is open.
    LosesAnswer,
}

/// A line that a test holds by its end.
#[derive(Clone)]
pub(crate) struct Line {
    state: watch::Sender<State>,
    leads_to: watch::Sender<Option<SocketAddr>>,
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
}

impl Line {
    /// A line in a state, which leads nowhere yet.
    pub(crate) async fn new(state: State) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let line = Self {
            state: watch::Sender::new(state),
            leads_to: watch::Sender::default(),
            address: listener.local_addr().expect("a bound port"),
            connections: Arc::default(),
        };
        let accepting = line.clone();
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                accepting.connections.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(accepting.clone().carry(connection));
            }
        });
        line
    }

    /// Where the line begins.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Says where it leads.
    pub(crate) fn lead_to(&self, address: SocketAddr) {
        self.leads_to.send_replace(Some(address));
    }

    /// Changes what happens on the line; what is connected ends.
    pub(crate) fn set(&self, state: State) {
        self.state.send_replace(state);
    }

    /// What happens on it now.
    pub(crate) fn state(&self) -> State {
        *self.state.borrow()
    }

    /// How many connections have been begun.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    async fn carry(self, mut near: TcpStream) {
        let mut state = self.state.subscribe();
        let now = *state.borrow_and_update();
        let carried = async {
            match now {
                State::Cut => {}
                State::Silent => drop(copy(&mut near, &mut sink()).await),
                State::Open => {
                    let mut far = self.far().await;
                    let _ = tokio::io::copy_bidirectional(&mut near, &mut far).await;
                }
                State::LosesAnswer => self.lose_answer(&mut near).await,
            }
        };
        select! {
            () = carried => {}
            _ = state.changed() => {}
        }
    }

    async fn lose_answer(&self, near: &mut TcpStream) {
        let mut far = self.far().await;
        let (mut asks, mut greeted) = near.split();
        let (mut answers, mut asked) = far.split();
        let (mut heard, mut buffer) = (0, [0; 1024]);
        let answered = async {
            while let Ok(count @ 1..) = answers.read(&mut buffer).await {
                heard += count;
                if heard > GREETING {
                    return;
                }
                let _ = greeted.write_all(&buffer[..count]).await;
            }
        };
        select! {
            () = answered => self.set(State::Open),
            _ = copy(&mut asks, &mut asked) => {}
        }
    }

    async fn far(&self) -> TcpStream {
        let mut leads_to = self.leads_to.subscribe();
        let address = *leads_to.wait_for(Option::is_some).await.expect("the line is held");
        TcpStream::connect(address.expect("an address")).await.expect("the service listens")
    }
}
