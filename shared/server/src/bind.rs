//! The socket that a service listens on.

use std::io::ErrorKind;
use std::net::SocketAddr;

use tokio::net::TcpListener;

/// Listens on `address`.
///
/// # Errors
/// One line for the person who started the service, naming the setting to change.
pub async fn bind(address: SocketAddr) -> Result<TcpListener, String> {
    TcpListener::bind(address).await.map_err(|error| {
        let why = match error.kind() {
            ErrorKind::AddrInUse => "is already in use".to_owned(),
            ErrorKind::AddrNotAvailable => "is not an address of this machine".to_owned(),
            ErrorKind::PermissionDenied => "may not be listened on by this user".to_owned(),
            _ => format!("cannot be listened on: {error}"),
        };
        format!("address {address} {why} (setting server.listen)")
    })
}
