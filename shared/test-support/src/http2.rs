//! An HTTP/2 client without a gRPC library: it holds back flow-control windows, resets calls at once, and
//! sends requests that are not whole. It reads and grants only what a test asks for.

mod call;
mod silent;

use std::net::SocketAddr;

use bytes::{BufMut as _, Bytes, BytesMut};
use h2::client::{Builder, Connection, SendRequest};
use prost::Message;
use tokio::net::TcpStream;
use tokio::select;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tonic::codegen::http::{Method, Request};

pub use call::{Call, End};
pub use h2::Reason;
pub use silent::{PREFACE, SilentConnection};

use crate::process::in_time;

/// The window of HTTP/2 without settings, in bytes.
pub const DEFAULT_WINDOW: u32 = 65_535;

/// The largest window.
pub const MAX_WINDOW: u32 = (1 << 31) - 1;

/// The windows that a client grants at the start, in bytes. A call gets more only when its data is read.
#[derive(Debug, Clone, Copy)]
pub struct Windows {
    /// Of each call.
    pub call: u32,
    /// Of all calls together, at least [`DEFAULT_WINDOW`].
    pub connection: u32,
}

impl Windows {
    /// The windows of a client without settings.
    pub const DEFAULT: Self = Self { call: DEFAULT_WINDOW, connection: DEFAULT_WINDOW };

    /// A window for each call, and no limit for all together.
    #[must_use]
    pub const fn per_call(call: u32) -> Self {
        Self { call, connection: MAX_WINDOW }
    }
}

/// One connection. It is closed when this is dropped.
#[derive(Debug)]
pub struct Http2Client {
    address: SocketAddr,
    requests: SendRequest<Bytes>,
    call_windows: mpsc::UnboundedSender<u32>,
    driver: JoinHandle<()>,
}

impl Http2Client {
    /// Connects to a server without TLS.
    ///
    /// # Panics
    /// If nothing listens there.
    pub async fn connect(address: SocketAddr, windows: Windows) -> Self {
        let socket = TcpStream::connect(address).await.expect("a server listens");
        socket.set_nodelay(true).expect("a connected socket");
        let handshake = Builder::new()
            .initial_window_size(windows.call)
            .initial_connection_window_size(windows.connection)
            // A window of 1 byte makes frames of 1 byte.
            .data_frame_budget(usize::MAX)
            .enable_push(false)
            .handshake(socket);
        let (requests, connection) = handshake.await.expect("the preface is sent");
        let (call_windows, changes) = mpsc::unbounded_channel();
        let driver = tokio::spawn(drive(connection, changes));
        Self { address, requests, call_windows, driver }
    }

    /// Changes the window of each call, the open ones included: what they have used counts.
    ///
    /// # Panics
    /// If the connection is closed.
    pub fn set_call_window(&self, bytes: u32) {
        self.call_windows.send(bytes).expect("an open connection");
    }

    /// Sends a whole gRPC request. `path` is `/package.Service/Method`.
    pub async fn call(&self, path: &str, token: &str, message: &impl Message) -> Call {
        let mut call = self.begin(path, token).await;
        call.send(frame(&message.encode_to_vec()), true);
        call
    }

    /// Sends the headers of a gRPC request; its body stays open. Waits while the server allows no further
    /// call.
    ///
    /// # Panics
    /// If the connection is closed.
    pub async fn begin(&self, path: &str, token: &str) -> Call {
        let request = Request::builder()
            .method(Method::POST)
            .uri(format!("http://{}{path}", self.address))
            .header("content-type", "application/grpc")
            .header("te", "trailers")
            .header("authorization", format!("Bearer {token}"));
        let request = request.body(()).expect("a request");
        let ready = in_time("room for another call", self.requests.clone().ready());
        let mut requests = ready.await.expect("an open connection");
        let (response, body) = requests.send_request(request, false).expect("an open connection");
        Call::new(response, body)
    }

    /// Waits until the connection is closed.
    pub async fn closed(&mut self) {
        in_time("the end of a connection", &mut self.driver).await.expect("no panic");
    }
}

impl Drop for Http2Client {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

/// Moves the frames of a connection until it is closed.
async fn drive(
    mut connection: Connection<TcpStream>,
    mut call_windows: mpsc::UnboundedReceiver<u32>,
) {
    loop {
        select! {
            // A connection that is lost shows in its calls.
            _ = &mut connection => return,
            Some(bytes) = call_windows.recv() => {
                let changed = connection.set_initial_window_size(bytes);
                changed.expect("the change before is acknowledged");
            }
        }
    }
}

/// A message as it travels in a body: no compression, its length, and its bytes.
///
/// # Panics
/// If the message has 4 GiB.
#[must_use]
pub fn frame(message: &[u8]) -> Bytes {
    let mut framed = BytesMut::with_capacity(5 + message.len());
    framed.put_u8(0);
    framed.put_u32(u32::try_from(message.len()).expect("a short message"));
    framed.put_slice(message);
    framed.freeze()
}
