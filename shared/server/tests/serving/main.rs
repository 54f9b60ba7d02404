//! A server on a loopback port, with a stub of the task service.

mod bind;
mod deadline;
mod health;
mod limits;
mod overload;
mod reflection;
mod request;
mod server;
mod shutdown;
mod stub;
