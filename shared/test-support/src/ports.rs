//! Ports on the loopback interface.

use std::net::TcpListener;

/// A port on which nothing listens. Another process may take it before it is used.
///
/// # Panics
/// If no port is free.
#[must_use]
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address").port()
}
