//! Generates the list of a package's methods with their deadlines, and what every server has in common.

use std::fmt::Write as _;

use prost_reflect::{DescriptorPool, MethodDescriptor};

use super::options::find_extension;

/// `pub const METHODS` and the servers' `GrpcServer`, for a package with services.
pub(super) fn generate_methods(pool: &DescriptorPool, package: &str) -> Result<String, String> {
    let (mut entries, mut servers) = (String::new(), String::new());
    for service in pool.services().filter(|service| service.package_name() == package) {
        for method in service.methods() {
            let path = format!("/{}/{}", service.full_name(), method.name());
            let deadline = read_deadline(pool, &method)?;
            let _ = writeln!(
                entries,
                "    crate::Method {{ path: {path:?}, deadline: crate::Deadline::{deadline} }},"
            );
        }
        servers.push_str(&generate_server(service.name()));
    }
    if entries.is_empty() {
        return Ok(entries);
    }
    Ok(format!(
        "/// All methods of the package.\npub const METHODS: &[crate::Method] = &[\n{entries}];\n{servers}"
    ))
}

/// `GrpcServer` of the server that tonic generates for `service`.
fn generate_server(service: &str) -> String {
    let server = format!("{}_server::{service}Server<T>", snake_case(service));
    format!(
        "impl<T> crate::GrpcServer for {server} {{
    const METHODS: &'static [crate::Method] = METHODS;

    fn limit_messages(self, request_bytes: usize, response_bytes: usize) -> Self {{
        self.max_decoding_message_size(request_bytes).max_encoding_message_size(response_bytes)
    }}
}}
"
    )
}

/// `TaskService` as `task_service`.
fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
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
