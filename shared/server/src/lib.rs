//! The gRPC server of every service: [`serve`] runs a service on a socket, inside the same layers, with
//! health, reflection and a graceful shutdown.

mod access_log;
mod bind;
mod body;
mod catch_panic;
mod concurrency_limit;
mod deadline;
mod detach;
mod error_details;
mod health;
pub mod logs;
mod method_timeouts;
mod middleware;
mod periodic;
mod reflection;
mod response_stream;
mod serve;
mod settings;
mod signal;
mod stream_settings;

pub use bind::bind;
pub use concurrency_limit::ConcurrencyLimit;
pub use deadline::Deadline;
pub use detach::{run_to_completion, with_request_id};
pub use health::Readiness;
pub use method_timeouts::MethodTimeouts;
pub use middleware::{MiddlewareLayer, MiddlewareService};
pub use periodic::run_periodically;
pub use response_stream::{MessageSender, ResponseStream, ResumePoint};
pub use serve::{Guarded, Stack, serve};
pub use settings::Settings;
pub use signal::shutdown_on_signal;
pub use stream_settings::StreamSettings;
