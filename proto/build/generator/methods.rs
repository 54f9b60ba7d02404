//! Generates the list of a package's methods with their deadlines.

use std::fmt::Write as _;

use prost_reflect::{DescriptorPool, MethodDescriptor};

use super::options::find_extension;

/// `pub const METHODS`, for a package with services.
pub(super) fn generate_methods(pool: &DescriptorPool, package: &str) -> Result<String, String> {
    let mut entries = String::new();
    let services = pool.services().filter(|service| service.package_name() == package);
    for method in services.flat_map(|service| service.methods().collect::<Vec<_>>()) {
        let path = format!("/{}/{}", method.parent_service().full_name(), method.name());
        let deadline = read_deadline(pool, &method)?;
        let _ = writeln!(
            entries,
            "    crate::Method {{ path: {path:?}, deadline: crate::Deadline::{deadline} }},"
        );
    }
    if entries.is_empty() {
        return Ok(entries);
    }
    Ok(format!(
        "/// All methods of the package.\npub const METHODS: &[crate::Method] = &[\n{entries}];\n"
    ))
}

fn read_deadline(pool: &DescriptorPool, method: &MethodDescriptor) -> Result<&'static str, String> {
    let deadline = find_extension(pool, "tandem.options.v1.deadline")?;
    let number = method.options().get_extension(&deadline).as_enum_number();
    match number {
        Some(0) if method.is_server_streaming() => {
            Err(format!("{}: a stream has to have a deadline", method.full_name()))
        }
        Some(0) => Ok("Ordinary"),
        Some(1) => Ok("Turn"),
        Some(2) => Ok("Unbounded"),
        other => Err(format!("{}: the deadline {other:?} is not understood", method.full_name())),
    }
}
