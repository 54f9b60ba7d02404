//! The contracts of the Tandem services as Rust: messages, clients, servers, what follows from their
//! options (checks, page sizes, updatable fields, deadlines), and the descriptor set for reflection and
//! gateways.
//!
//! All of it is generated, except for [`rules`], [`Updatable`], [`Method`] and [`GrpcServer`], which the
//! generated code uses.

mod method;
pub mod rules;
mod updatable;

pub use method::{Deadline, GrpcServer, Method};
pub use rules::{Check, Violation};
pub use updatable::Updatable;

/// Every `.proto` file with its comments and options, encoded as `google.protobuf.FileDescriptorSet`.
pub const DESCRIPTOR_SET: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptor_set.bin"));

/// Includes the generated code of a package.
macro_rules! generated {
    ($package:literal) => {
        #[allow(missing_docs, unreachable_pub, clippy::all, clippy::too_many_lines)]
        mod code {
            tonic::include_proto!($package);
            include!(concat!(env!("OUT_DIR"), "/", $package, ".options.rs"));
        }
        pub use code::*;
    };
}

/// `tandem.task.v1`: tasks. A nested enum also has the name that it has outside of its message.
pub mod task {
    generated!("tandem.task.v1");

    pub use task_change::Type as TaskChangeType;
}

/// `tandem.chat.v1`: conversations, messages and turns. A nested enum also has the name that it has
/// outside of its message.
pub mod chat {
    generated!("tandem.chat.v1");

    pub use export_conversation_request::Format as ExportFormat;
    pub use message::Role;
    pub use tool_call::Status as ToolCallStatus;
    pub use turn::State as TurnState;
}

/// `tandem.errors.v1`: why a call was refused.
pub mod errors {
    generated!("tandem.errors.v1");
}

/// The messages of `google.api` that the contracts use.
pub mod api {
    #[allow(missing_docs, unreachable_pub, clippy::all)]
    mod code {
        tonic::include_proto!("google.api");
    }
    pub use code::*;
}
