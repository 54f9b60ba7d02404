//! Walks through the descriptors: what every contract has to state.

use std::collections::BTreeSet;

use prost_reflect::{
    Cardinality, DescriptorPool, DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, Value,
};
use tandem_proto::{DESCRIPTOR_SET, Deadline};

use crate::planted::compile;

/// REQUIRED and OPTIONAL (AIP-203).
const EITHER: [i32; 2] = [2, 1];
/// OUTPUT_ONLY and IDENTIFIER.
const SET_BY_SERVICE: [i32; 2] = [3, 8];

fn contracts() -> DescriptorPool {
    DescriptorPool::decode(DESCRIPTOR_SET).expect("a descriptor set")
}

fn behavior(field: &FieldDescriptor) -> Vec<i32> {
    let pool = field.parent_pool();
    let extension = pool.get_extension_by_name("google.api.field_behavior").expect("an extension");
    let options = field.options();
    let value = options.get_extension(&extension);
    value.as_list().unwrap_or_default().iter().filter_map(Value::as_enum_number).collect()
}

fn requests(pool: &DescriptorPool) -> Vec<MessageDescriptor> {
    let is_request = |message: &MessageDescriptor| {
        message.full_name().starts_with("tandem.") && message.name().ends_with("Request")
    };
    pool.all_messages().filter(is_request).collect()
}

/// The fields that callers can set and that are neither REQUIRED nor OPTIONAL.
fn fields_without_behavior(pool: &DescriptorPool) -> Vec<String> {
    let (mut open, mut seen, mut silent) = (requests(pool), BTreeSet::new(), Vec::new());
    while let Some(message) = open.pop() {
        if !seen.insert(message.full_name().to_owned()) {
            continue;
        }
        for field in message.fields() {
            let behavior = behavior(&field);
            if behavior.iter().any(|it| SET_BY_SERVICE.contains(it)) {
                continue;
            }
            if !behavior.iter().any(|it| EITHER.contains(it)) {
                silent.push(field.full_name().to_owned());
            }
            if let Kind::Message(inner) = field.kind()
                && inner.full_name().starts_with("tandem.")
                && !inner.is_map_entry()
            {
                open.push(inner);
            }
        }
    }
    silent
}

#[test]
fn request_fields_have_a_behavior() {
    assert_eq!(fields_without_behavior(&contracts()), Vec::<String>::new());
    assert!(requests(&contracts()).len() > 25);
    let planted = compile(
        "message GetRequest {
             string id = 1 [(google.api.field_behavior) = REQUIRED];
             Part part = 2 [(google.api.field_behavior) = OPTIONAL];
             string forgotten = 3;
         }
         message Part { string inner = 1; string set = 2 [(google.api.field_behavior) = OUTPUT_ONLY]; }",
    );
    let silent = ["tandem.planted.v1.GetRequest.forgotten", "tandem.planted.v1.Part.inner"];
    assert_eq!(fields_without_behavior(&planted), silent);
}

/// The comment before a field.
fn comment(field: &FieldDescriptor) -> String {
    let file = field.parent_file().file_descriptor_proto().clone();
    let locations = file.source_code_info.unwrap_or_default().location;
    let location = locations.into_iter().find(|location| location.path == field.path());
    location.and_then(|location| location.leading_comments).unwrap_or_default()
}

/// The fields `page_size` whose comment does not state the sizes of their option.
fn page_sizes_misstated(pool: &DescriptorPool) -> Vec<String> {
    let extension = pool.get_extension_by_name("tandem.options.v1.page_size").expect("an option");
    let fields = requests(pool).into_iter().filter_map(|it| it.get_field_by_name("page_size"));
    let is_misstated = |field: &FieldDescriptor| {
        let options = field.options();
        let sizes = options.get_extension(&extension);
        let sizes = sizes.as_message().cloned().expect("page sizes");
        let size = |sizes: &DynamicMessage, name| sizes.get_field_by_name(name)?.as_i32();
        let (default, max) = (size(&sizes, "default_size"), size(&sizes, "max_size"));
        let stated =
            format!("{} if 0, at most {}.", default.expect("a size"), max.expect("a size"));
        !comment(field).contains(&stated)
    };
    fields.filter(is_misstated).map(|field| field.full_name().to_owned()).collect()
}

#[test]
fn page_size_comments_agree() {
    assert_eq!(page_sizes_misstated(&contracts()), Vec::<String>::new());
    let planted = compile(
        "message ListRequest {
             // Maximum number of things in the page: 5 if 0, at most 10.
             int32 page_size = 1 [(tandem.options.v1.page_size) = {default_size: 5 max_size: 11}];
         }",
    );
    assert_eq!(page_sizes_misstated(&planted), ["tandem.planted.v1.ListRequest.page_size"]);
}

#[test]
fn lists_have_page_sizes() {
    let tokens = requests(&contracts());
    let tokens = tokens.iter().filter(|it| it.get_field_by_name("page_token").is_some());
    let (with, without): (Vec<_>, Vec<_>) =
        tokens.partition(|it| it.get_field_by_name("page_size").is_some());
    assert_eq!((with.len(), without.len()), (4, 0));
}

#[test]
fn soft_deleted_resources_have_a_purge_time() {
    let pool = contracts();
    let messages = pool.all_messages().filter(|it| it.get_field_by_name("delete_time").is_some());
    let messages = messages.collect::<Vec<_>>();
    assert_eq!(messages.len(), 2);
    for message in messages {
        let purge_time = message
            .get_field_by_name("purge_time")
            .unwrap_or_else(|| panic!("{}", message.full_name()));
        assert_eq!(behavior(&purge_time), [SET_BY_SERVICE[0]]);
        assert_eq!(purge_time.cardinality(), Cardinality::Optional);
    }
}

#[test]
fn streams_have_deadlines() {
    let methods = [tandem_proto::chat::METHODS, tandem_proto::task::METHODS].concat();
    let deadline = |path: &str| {
        let method = methods.iter().find(|method| method.path == path).expect(path);
        method.deadline
    };
    for service in contracts().services() {
        for method in service.methods().filter(|method| method.is_server_streaming()) {
            let path = format!("/{}/{}", service.full_name(), method.name());
            assert_ne!(deadline(&path), Deadline::Ordinary, "{path}");
        }
    }
}

/// Codes of `google.rpc` that every comment of an rpc may use.
const CODES: [&str; 11] = [
    "INVALID_ARGUMENT",
    "PERMISSION_DENIED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "ALREADY_EXISTS",
    "OUT_OF_RANGE",
    "RESOURCE_EXHAUSTED",
    "UNAVAILABLE",
    "UNAUTHENTICATED",
    "CANCELLED",
    "errors are those",
];

#[test]
fn methods_name_their_codes() {
    for service in contracts().services() {
        let file = service.parent_file().file_descriptor_proto().clone();
        let locations = file.source_code_info.unwrap_or_default().location;
        for method in service.methods() {
            let location = locations.iter().find(|location| location.path == method.path());
            let comment = location.and_then(|it| it.leading_comments.clone()).unwrap_or_default();
            let names_code = CODES.iter().any(|code| comment.contains(code));
            assert!(names_code, "{}: {comment}", method.full_name());
        }
    }
}
