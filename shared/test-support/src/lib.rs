//! Test support for all services: keys and tokens, authenticated clients, a raw HTTP/2 client, databases
//! and a connection that counts, child processes, proxies with faults, and a server of models.

mod bearer;
pub mod counting_connection;
pub mod fault_proxy;
pub mod http2;
pub mod mesh_proxy;
pub mod model_server;
mod ports;
pub mod postgres;
pub mod process;
mod tokens;

pub use bearer::{AuthenticatedChannel, Bearer};
pub use ports::free_port;
pub use tokens::{AUDIENCE, DELEGATED_AUDIENCE, ISSUER, Issuer};
