//! Generates the page sizes of list requests.

use prost_reflect::{Kind, MessageDescriptor};

use super::is_request;
use super::options::{FieldOptions, Reader};

/// The field that `tandem.options.v1.page_size` belongs to.
const FIELD: &str = "page_size";

pub(super) fn generate_page_sizes(
    reader: &Reader,
    message: &MessageDescriptor,
) -> Result<String, String> {
    let mut source = String::new();
    for field in message.fields() {
        let options = reader.read_options(&field)?;
        let is_page_size = is_request(message) && field.name() == FIELD;
        if !is_page_size && options.page_size.is_none() {
            continue;
        }
        if !is_page_size || field.kind() != Kind::Int32 {
            return Err(
                options.describe_fault("page sizes are for an int32 page_size of a request")
            );
        }
        let (default_size, max_size) = read_sizes(&options)?;
        source = format!(
            "impl {} {{\n    \
             /// Page size of a request with 0.\n    \
             pub const DEFAULT_PAGE_SIZE: u32 = {default_size};\n    \
             /// Largest page size.\n    \
             pub const MAX_PAGE_SIZE: u32 = {max_size};\n}}\n",
            message.name()
        );
    }
    Ok(source)
}

fn read_sizes(options: &FieldOptions) -> Result<(i32, i32), String> {
    let Some(sizes) = &options.page_size else {
        return Err(options.describe_fault("has no tandem.options.v1.page_size"));
    };
    let size = |name| sizes.get_field_by_name(name).and_then(|size| size.as_i32());
    match (size("default_size"), size("max_size")) {
        (Some(default_size), Some(max_size)) if (1..=max_size).contains(&default_size) => {
            Ok((default_size, max_size))
        }
        _ => Err(options.describe_fault("the default size has to be between 1 and the maximum")),
    }
}
