//! Generates the Rust side of the contracts: messages, clients and servers by tonic, the checks that
//! the field options ask for by [`checks`], and the descriptor set as protox encoded it, which, unlike
//! a set that went through prost-types, still holds those options.

mod checks;

use std::error::Error;
use std::path::PathBuf;
use std::{env, fs};

use prost_reflect::DescriptorPool;
use protox::Compiler;

const FILES: [&str; 5] = [
    "tandem/chat/v1/chat_service.proto",
    "tandem/chat/v1/conversation.proto",
    "tandem/chat/v1/turn.proto",
    "tandem/errors/v1/errors.proto",
    "tandem/task/v1/task_service.proto",
];

/// The packages that Rust code is generated for.
const PACKAGES: [&str; 3] = ["tandem.chat.v1", "tandem.errors.v1", "tandem.task.v1"];

fn main() -> Result<(), Box<dyn Error>> {
    rerun_if_changed(&["tandem", "google", "build"]);
    let out = PathBuf::from(env::var("OUT_DIR")?);

    let mut compiler = Compiler::new(["."])?;
    compiler.include_source_info(true).include_imports(true).open_files(FILES)?;
    let encoded = compiler.encode_file_descriptor_set();
    fs::write(out.join("descriptor_set.bin"), &encoded)?;

    let pool = DescriptorPool::decode(encoded.as_slice())?;
    for package in PACKAGES {
        fs::write(out.join(format!("{package}.checks.rs")), checks::generate(&pool, package)?)?;
    }

    let mut files = compiler.file_descriptor_set();
    files
        .file
        .retain(|file| PACKAGES.contains(&file.package()) || file.package() == "google.protobuf");
    // Ordered maps make the encoding of a message depend on nothing but its content, which is what
    // the digests of requests are taken from.
    tonic_prost_build::configure()
        .btree_map(".")
        .emit_rerun_if_changed(false)
        .compile_fds(files)?;
    Ok(())
}

#[allow(clippy::print_stdout, reason = "how a build script speaks to cargo")]
fn rerun_if_changed(folders: &[&str]) {
    for folder in folders {
        println!("cargo:rerun-if-changed={folder}");
    }
}
