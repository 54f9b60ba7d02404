//! A server on a loopback port, with a task service that does as the test says.

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
