//! Connections that do not speak HTTP/2.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::process::in_time;

/// The first bytes of an HTTP/2 client. Settings have to follow.
pub const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// A TCP connection that sends some bytes and then nothing. It is closed when this is dropped.
#[derive(Debug)]
pub struct SilentConnection(TcpStream);

impl SilentConnection {
    /// Connects and sends only `bytes`: none, or [`PREFACE`], or what else.
    ///
    /// # Errors
    /// The server does not accept the connection.
    pub async fn open(address: SocketAddr, bytes: &[u8]) -> std::io::Result<Self> {
        let mut socket = TcpStream::connect(address).await?;
        socket.write_all(bytes).await?;
        Ok(Self(socket))
    }

    /// Waits until the server closes the connection. Reads what it sends.
    pub async fn closed(&mut self) {
        let mut buffer = [0; 1024];
        let read = async { while let Ok(1..) = self.0.read(&mut buffer).await {} };
        in_time("the server to close a silent connection", read).await;
    }
}
