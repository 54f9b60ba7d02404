//! The contracts of the Tandem services as Rust: messages, clients, servers, the checks that the
//! field options ask for, and the descriptor set that reflection and the gateway read.
//!
//! Nothing here is written by hand but [`rules`], which the generated checks call.

pub mod rules;

pub use rules::{Check, Violation};

/// Every `.proto` file with its comments and options, encoded as `google.protobuf.FileDescriptorSet`.
pub const DESCRIPTOR_SET: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptor_set.bin"));

/// Includes what was generated for a package.
macro_rules! generated {
    ($package:literal) => {
        #[allow(missing_docs, unreachable_pub, clippy::all, clippy::too_many_lines)]
        mod code {
            tonic::include_proto!($package);
            include!(concat!(env!("OUT_DIR"), "/", $package, ".checks.rs"));
        }
        pub use code::*;
    };
}

/// `tandem.task.v1`: tasks.
pub mod task {
    generated!("tandem.task.v1");
}

/// `tandem.chat.v1`: conversations, messages and turns.
pub mod chat {
    generated!("tandem.chat.v1");
}

/// `tandem.errors.v1`: why a call was refused.
pub mod errors {
    generated!("tandem.errors.v1");
}
