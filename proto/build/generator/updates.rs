//! Generates `impl Updatable` of the resource of an update request (AIP-134).

use std::fmt::Write as _;

use prost_reflect::{FieldDescriptor, MessageDescriptor};

use super::options::Reader;
use super::{is_request, own_message};

/// The version of a resource: part of an update, and not changed by it (AIP-154).
const ETAG: &str = "etag";

/// For an update request, the implementation of its resource.
pub(super) fn generate_updatable(
    reader: &Reader,
    message: &MessageDescriptor,
) -> Result<String, String> {
    if !is_request(message) || message.get_field_by_name("update_mask").is_none() {
        return Ok(String::new());
    }
    let fields = message.fields().filter_map(|field| Some((own_message(&field)?, field)));
    let [(resource, field)] = &fields.collect::<Vec<_>>()[..] else {
        return Err(format!("{}: an update has one resource", message.full_name()));
    };
    if resource.package_name() != message.package_name() {
        return Err(format!("{}: the resource is in another package", message.full_name()));
    }
    write_impl(reader, field, resource)
}

fn write_impl(
    reader: &Reader,
    field: &FieldDescriptor,
    resource: &MessageDescriptor,
) -> Result<String, String> {
    let (mut updatable, mut ignored, mut arms) = (Vec::new(), Vec::new(), String::new());
    for field in resource.fields() {
        let name = field.name().to_owned();
        if name == ETAG || !reader.read_options(&field)?.is_updatable() {
            ignored.push(name);
            continue;
        }
        let _ = writeln!(
            arms,
            "            {name:?} => crate::rules::Present::is_present(&self.{name}),"
        );
        updatable.push(name);
    }
    Ok(format!(
        "impl crate::Updatable for {} {{\n    \
         const NAME: &'static str = {:?};\n    \
         const UPDATABLE: &'static [&'static str] = &{updatable:?};\n    \
         const IGNORED: &'static [&'static str] = &{ignored:?};\n    \
         fn has_value(&self, field: &str) -> bool {{\n        match field {{\n{arms}            \
         _ => false,\n        }}\n    }}\n}}\n",
        resource.name(),
        field.name(),
    ))
}
