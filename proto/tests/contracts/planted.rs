//! Small contracts, compiled like the real ones.

use std::fs;
use std::path::Path;

use prost_reflect::DescriptorPool;

/// The file of the published rules.
const RULES: &str = "buf/validate/validate.proto";

const HEADER: &str = r#"
syntax = "proto3";
package tandem.planted.v1;
import "buf/validate/validate.proto";
import "google/api/field_behavior.proto";
import "google/protobuf/field_mask.proto";
import "google/protobuf/timestamp.proto";
import "tandem/options/v1/options.proto";
"#;

/// The descriptors of a contract in the package `tandem.planted.v1`.
pub(crate) fn compile(body: &str) -> DescriptorPool {
    compile_with_rules(body, |rules| rules)
}

/// The same with another file of rules.
pub(crate) fn compile_with_rules(body: &str, edit: impl Fn(String) -> String) -> DescriptorPool {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = tempfile::tempdir().expect("a folder");
    let rules = fs::read_to_string(own.join(RULES)).expect("the rules");
    fs::create_dir_all(folder.path().join("buf/validate")).expect("a folder");
    fs::write(folder.path().join(RULES), edit(rules)).expect("a file");
    fs::write(folder.path().join("planted.proto"), format!("{HEADER}{body}")).expect("a file");
    let mut compiler = protox::Compiler::new([folder.path(), own]).expect("folders");
    compiler.include_imports(true).include_source_info(true);
    compiler.open_file("planted.proto").unwrap_or_else(|error| panic!("{body}: {error:?}"));
    let encoded = compiler.encode_file_descriptor_set();
    DescriptorPool::decode(encoded.as_slice()).expect("descriptors")
}

/// What the generator makes of a contract.
pub(crate) fn generate(body: &str) -> Result<String, String> {
    crate::generator::generate(&compile(body), "tandem.planted.v1")
}

/// What the generator makes of a request with one field: its type, name and number, and its options.
pub(crate) fn generate_field(field: &str, options: &str) -> Result<String, String> {
    generate(&format!("message GetRequest {{ {field} [{options}]; }}"))
}
