//! The socket that a service listens on.

use std::fs;
use std::io::{Error, ErrorKind};
use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::time::{Instant, sleep};

/// How long to wait for an address that is in use: by an outgoing connection, or by a process that is
/// stopping.
const WAIT: Duration = Duration::from_secs(5);

/// Time between two attempts.
const RETRY_INTERVAL: Duration = Duration::from_millis(200);

/// The ports that Linux uses for outgoing connections.
const LOCAL_PORT_RANGE: &str = "/proc/sys/net/ipv4/ip_local_port_range";

/// Listens on `address`. Waits up to 5 s for one that is in use.
///
/// # Errors
/// One line for the person who started the service, naming the setting to change.
pub async fn bind(address: SocketAddr) -> Result<TcpListener, String> {
    let start = Instant::now();
    loop {
        match TcpListener::bind(address).await {
            Ok(listener) => return Ok(listener),
            Err(error) if error.kind() == ErrorKind::AddrInUse && start.elapsed() < WAIT => {
                sleep(RETRY_INTERVAL).await;
            }
            Err(error) => return Err(describe_error(address, &error)),
        }
    }
}

fn describe_error(address: SocketAddr, error: &Error) -> String {
    let why = match error.kind() {
        ErrorKind::AddrInUse => match local_ports().filter(|it| it.contains(&address.port())) {
            Some(ports) => format!(
                "is already in use, by a program or by an outgoing connection, which get the ports {} to {}",
                ports.start(),
                ports.end()
            ),
            None => "is already in use".to_owned(),
        },
        ErrorKind::AddrNotAvailable => "is not an address of this machine".to_owned(),
        ErrorKind::PermissionDenied => "may not be listened on by this user".to_owned(),
        _ => format!("cannot be listened on: {error}"),
    };
    format!("address {address} {why} (setting server.listen)")
}

/// The ports of outgoing connections; `None` on systems without this file.
fn local_ports() -> Option<RangeInclusive<u16>> {
    let text = fs::read_to_string(LOCAL_PORT_RANGE).ok()?;
    let mut ports = text.split_whitespace().map_while(|port| port.parse().ok());
    Some(ports.next()?..=ports.next()?)
}
