//! A TCP proxy in front of a service, with faults that a test selects.

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy, sink};
use tokio::net::{TcpListener, TcpStream};
use tokio::select;
use tokio::sync::watch;

/// Bytes: more than an HTTP/2 server sends before its first response, and less than any response.
const GREETING: usize = 160;

/// How a [`FaultProxy`] treats connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// All data is forwarded.
    Open,
    /// Connections are closed at once.
    Refuse,
    /// Connections are accepted, and nothing is sent.
    Silent,
    /// Nothing more is forwarded, and open connections stay open: the peer is gone without a word.
    Stalled,
    /// Calls are forwarded. The first response closes the connection instead; then the state is `Open`.
    DropResponse,
}

/// A proxy on a loopback port. Clones share its state.
#[derive(Debug, Clone)]
pub struct FaultProxy {
    state: watch::Sender<State>,
    target: watch::Sender<Option<SocketAddr>>,
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
}

impl FaultProxy {
    /// Starts a proxy without a target.
    ///
    /// # Panics
    /// If no port is free.
    pub async fn new(state: State) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let proxy = Self {
            state: watch::Sender::new(state),
            target: watch::Sender::default(),
            address: listener.local_addr().expect("a bound port"),
            connections: Arc::default(),
        };
        let accepting = proxy.clone();
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                accepting.connections.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(accepting.clone().forward(connection));
            }
        });
        proxy
    }

    /// The URL of the proxy.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Sets the address of the service. Connections wait for it.
    pub fn forward_to(&self, address: SocketAddr) {
        self.target.send_replace(Some(address));
    }

    /// Changes the state and closes all connections, unless the new state is [`State::Stalled`].
    pub fn set(&self, state: State) {
        self.state.send_replace(state);
    }

    /// The current state.
    #[must_use]
    pub fn state(&self) -> State {
        *self.state.borrow()
    }

    /// The number of connections until now.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    async fn forward(self, mut client: TcpStream) {
        let mut state = self.state.subscribe();
        let now = *state.borrow_and_update();
        let forwarded = async {
            match now {
                State::Refuse => {}
                State::Silent | State::Stalled => drop(copy(&mut client, &mut sink()).await),
                State::Open => {
                    let mut service = self.connect().await;
                    let _ = tokio::io::copy_bidirectional(&mut client, &mut service).await;
                }
                State::DropResponse => self.drop_response(&mut client).await,
            }
        };
        let mut forwarded = pin!(forwarded);
        select! {
            () = &mut forwarded => return,
            _ = state.changed() => {}
        }
        if *state.borrow_and_update() == State::Stalled {
            // The sockets stay open with the future that holds them.
            let _ = state.changed().await;
        }
    }

    async fn drop_response(&self, client: &mut TcpStream) {
        let mut service = self.connect().await;
        let (mut requests, mut client) = client.split();
        let (mut responses, mut service) = service.split();
        let (mut received, mut buffer) = (0, [0; 1024]);
        let response = async {
            while let Ok(count @ 1..) = responses.read(&mut buffer).await {
                received += count;
                if received > GREETING {
                    return;
                }
                let _ = client.write_all(&buffer[..count]).await;
            }
        };
        select! {
            () = response => self.set(State::Open),
            _ = copy(&mut requests, &mut service) => {}
        }
    }

    async fn connect(&self) -> TcpStream {
        let mut target = self.target.subscribe();
        let address = *target.wait_for(Option::is_some).await.expect("the proxy exists");
        TcpStream::connect(address.expect("an address")).await.expect("the service listens")
    }
}
