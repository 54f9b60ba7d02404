//! Generates the Rust side of the contracts: messages, clients and servers by tonic, what follows from
//! their options by [`generator`], and the descriptor set as protox encoded it, which, unlike a set that
//! went through prost-types, still contains those options.

mod generator;

use std::collections::BTreeSet;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

use prost_reflect::DescriptorPool;
use prost_types::FileDescriptorSet;
use protox::Compiler;

/// The folder of Tandem's contracts; the others are published by others.
const CONTRACTS: &str = "tandem";

/// The package without messages of its own: options of the other contracts.
const OPTIONS: &str = "tandem.options.v1";

/// Where the generated code of each package is included.
const LIBRARY: &str = "src/lib.rs";

/// The published file whose messages are used, not only its options.
const HTTP_BODY: &str = "google/api/httpbody.proto";

fn main() -> Result<(), Box<dyn Error>> {
    rerun_if_changed(&[CONTRACTS, "google", "buf", "build", LIBRARY]);
    let out = PathBuf::from(env::var("OUT_DIR")?);

    let mut compiler = Compiler::new(["."])?;
    compiler
        .include_source_info(true)
        .include_imports(true)
        .open_files(find_contracts(Path::new(CONTRACTS))?)?;
    let encoded = compiler.encode_file_descriptor_set();
    fs::write(out.join("descriptor_set.bin"), &encoded)?;
    let packages = read_packages(&compiler.file_descriptor_set())?;
    generate_from_options(&encoded, &packages, &out)?;

    let mut files = compiler.file_descriptor_set();
    remove_lint_comments(&mut files);
    let (mut published, mut own) = (files.clone(), files);
    published.file.retain(|file| file.name() == HTTP_BODY);
    tonic_prost_build::configure().emit_rerun_if_changed(false).compile_fds(published)?;
    own.file
        .retain(|file| packages.contains(file.package()) || file.package() == "google.protobuf");
    // Ordered maps: the encoding of a message, and so the digest of a request, depends on nothing but
    // its content.
    tonic_prost_build::configure()
        .btree_map(".")
        .extern_path(".google.api", "crate::api")
        .emit_rerun_if_changed(false)
        .compile_fds(own)?;
    Ok(())
}

/// The `.proto` files in `folder` and in the folders inside it.
fn find_contracts(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(find_contracts(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "proto") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// The packages that Rust code is generated for. The library has to include each of them.
fn read_packages(files: &FileDescriptorSet) -> Result<BTreeSet<String>, Box<dyn Error>> {
    let library = fs::read_to_string(LIBRARY)?;
    let own = files.file.iter().map(|file| file.package().to_owned());
    let own = own.filter(|package| package.starts_with("tandem.") && package != OPTIONS);
    let packages = own.collect::<BTreeSet<_>>();
    for package in &packages {
        if !library.contains(&format!("generated!({package:?})")) {
            return Err(format!("{LIBRARY} does not include the package {package}").into());
        }
    }
    Ok(packages)
}

fn generate_from_options(
    encoded: &[u8],
    packages: &BTreeSet<String>,
    out: &Path,
) -> Result<(), Box<dyn Error>> {
    let pool = DescriptorPool::decode(encoded)?;
    for package in packages {
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
