//! What every gRPC server of the system shares: [`serve`] runs a service on a socket, behind the same
//! layers, with health, reflection and an orderly end; the rest is what a service needs around it.

mod around;
mod bind;
mod body;
mod deadline;
mod detach;
mod details;
mod every;
mod health;
pub mod logs;
mod methods;
mod overload;
mod panics;
mod reflection;
mod request;
mod serve;
mod settings;
mod signal;

pub use around::{With, Wrapped};
pub use bind::bind;
pub use deadline::Deadline;
pub use detach::{to_the_end, within_request};
pub use every::every;
pub use health::Readiness;
pub use methods::LongMethods;
pub use overload::Overload;
pub use serve::{Guarded, Stack, serve};
pub use settings::Settings;
pub use signal::shutdown_on_signal;
