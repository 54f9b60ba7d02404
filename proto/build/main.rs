//! Generates the Rust side of the contracts: messages, clients and servers by tonic, what follows from
//! their options by [`generator`], and the descriptor set as protox encoded it, which, unlike a set that
//! went through prost-types, still contains those options.

mod generator;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

use prost_reflect::DescriptorPool;
use prost_types::FileDescriptorSet;
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

/// The published file whose messages are used, not only its options.
const HTTP_BODY: &str = "google/api/httpbody.proto";

fn main() -> Result<(), Box<dyn Error>> {
    rerun_if_changed(&["tandem", "google", "buf", "build"]);
    let out = PathBuf::from(env::var("OUT_DIR")?);

    let mut compiler = Compiler::new(["."])?;
    compiler.include_source_info(true).include_imports(true).open_files(FILES)?;
    let encoded = compiler.encode_file_descriptor_set();
    fs::write(out.join("descriptor_set.bin"), &encoded)?;
    generate_from_options(&encoded, &out)?;

    let mut files = compiler.file_descriptor_set();
    remove_lint_comments(&mut files);
    let (mut published, mut own) = (files.clone(), files);
    published.file.retain(|file| file.name() == HTTP_BODY);
    tonic_prost_build::configure().emit_rerun_if_changed(false).compile_fds(published)?;
    own.file
        .retain(|file| PACKAGES.contains(&file.package()) || file.package() == "google.protobuf");
    // Ordered maps: the encoding of a message, and so the digest of a request, depends on nothing but
    // its content.
    tonic_prost_build::configure()
        .btree_map(".")
        .extern_path(".google.api", "crate::api")
        .emit_rerun_if_changed(false)
        .compile_fds(own)?;
    Ok(())
}

fn generate_from_options(encoded: &[u8], out: &Path) -> Result<(), Box<dyn Error>> {
    let pool = DescriptorPool::decode(encoded)?;
    for package in PACKAGES {
        let source = generator::generate(&pool, package)?;
        fs::write(out.join(format!("{package}.options.rs")), source)?;
    }
    Ok(())
}

/// Keeps the directives of `buf lint` out of the documentation of the Rust code.
fn remove_lint_comments(files: &mut FileDescriptorSet) {
    let infos = files.file.iter_mut().filter_map(|file| file.source_code_info.as_mut());
    for comment in
        infos.flat_map(|info| &mut info.location).filter_map(|it| it.leading_comments.as_mut())
    {
        let lines = comment.lines().filter(|line| !line.trim_start().starts_with("buf:lint:"));
        *comment = lines.map(|line| format!("{line}\n")).collect();
    }
}

#[allow(clippy::print_stdout, reason = "the interface between a build script and cargo")]
fn rerun_if_changed(folders: &[&str]) {
    for folder in folders {
        println!("cargo:rerun-if-changed={folder}");
    }
}
