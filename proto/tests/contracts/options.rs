//! Walks through the descriptors: what every contract has to state.

use std::collections::BTreeSet;

use prost_reflect::{
    Cardinality, DescriptorPool, DynamicMessage, FieldDescriptor, FileDescriptor, Kind,
    MessageDescriptor, MethodDescriptor, Value,
};
use tandem_proto::{DESCRIPTOR_SET, Deadline, Method};

use crate::planted::compile;

/// REQUIRED and OPTIONAL (AIP-203).
const EITHER: [i32; 2] = [2, 1];
/// OUTPUT_ONLY and IDENTIFIER.
const SET_BY_SERVICE: [i32; 2] = [3, 8];
/// IMMUTABLE.
const IMMUTABLE: i32 = 5;

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

/// The comment before the element at `path`.
fn comment_at(file: &FileDescriptor, path: &[i32]) -> String {
    let info = file.file_descriptor_proto().source_code_info.clone();
    let location = info.unwrap_or_default().location.into_iter().find(|it| it.path == path);
    location.and_then(|location| location.leading_comments).unwrap_or_default()
}

fn comment(field: &FieldDescriptor) -> String {
    comment_at(&field.parent_file(), field.path())
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

/// The requests with a page token and without a page size.
fn lists_without_sizes(pool: &DescriptorPool) -> Vec<String> {
    let has = |message: &MessageDescriptor, field| message.get_field_by_name(field).is_some();
    let lists = requests(pool).into_iter().filter(|it| has(it, "page_token"));
    let sizeless = lists.filter(|it| !has(it, "page_size"));
    sizeless.map(|it| it.full_name().to_owned()).collect()
}

#[test]
fn lists_have_page_sizes() {
    assert_eq!(lists_without_sizes(&contracts()), [""; 0]);
    let planted = compile("message ListRequest { string page_token = 1; }");
    assert_eq!(lists_without_sizes(&planted), ["tandem.planted.v1.ListRequest"]);
}

/// The comments of `update_mask` that do not name each field that the mask may name, `*` included.
fn masks_misstated(pool: &DescriptorPool) -> Vec<String> {
    let mut misstated = Vec::new();
    for request in requests(pool) {
        let Some(mask) = request.get_field_by_name("update_mask") else { continue };
        let resource = request.fields().find_map(|field| match field.kind() {
            Kind::Message(message) if message.full_name().starts_with("tandem.") => Some(message),
            _ => None,
        });
        let fields = resource.expect("a resource").fields().collect::<Vec<_>>();
        let is_fixed = |it: &i32| SET_BY_SERVICE.contains(it) || *it == IMMUTABLE;
        let updatable = fields
            .iter()
            .filter(|it| it.name() != "etag" && !behavior(it).iter().any(is_fixed))
            .map(FieldDescriptor::name);
        let comment = comment(&mask);
        let unnamed = updatable.chain(["*"]).filter(|it| !comment.contains(&format!("`{it}`")));
        misstated.extend(unnamed.map(|field| format!("{}: {field}", request.name())));
    }
    misstated
}

#[test]
fn mask_comments_name_every_field() {
    assert_eq!(masks_misstated(&contracts()), [""; 0]);
    let planted = compile(
        "message UpdateThingRequest {
             Thing thing = 1;
             // Any of `title`; `*` for all.
             google.protobuf.FieldMask update_mask = 2;
         }
         message Thing {
             string id = 1 [(google.api.field_behavior) = IDENTIFIER];
             string title = 2;
             string colour = 3;
             string etag = 4;
         }",
    );
    assert_eq!(masks_misstated(&planted), ["UpdateThingRequest: colour"]);
}

/// The messages with a `delete_time` whose `purge_time` is missing or not as AIP-164 has it.
fn resources_without_purge_time(pool: &DescriptorPool) -> Vec<String> {
    let messages = pool.all_messages().filter(|it| it.get_field_by_name("delete_time").is_some());
    let is_purge_time = |field: &FieldDescriptor| {
        behavior(field) == [SET_BY_SERVICE[0]] && field.cardinality() == Cardinality::Optional
    };
    let lacks = |it: &MessageDescriptor| {
        !it.get_field_by_name("purge_time").as_ref().is_some_and(is_purge_time)
    };
    messages.filter(lacks).map(|it| it.full_name().to_owned()).collect()
}

#[test]
fn soft_deleted_resources_have_a_purge_time() {
    assert_eq!(resources_without_purge_time(&contracts()), [""; 0]);
    let planted = compile(
        "message Thing { string delete_time = 1; }
         message Other { string delete_time = 1; string purge_time = 2; }",
    );
    let names = ["tandem.planted.v1.Thing", "tandem.planted.v1.Other"];
    assert_eq!(resources_without_purge_time(&planted), names);
}

fn all_methods(pool: &DescriptorPool) -> Vec<MethodDescriptor> {
    let own = pool.services().filter(|it| it.full_name().starts_with("tandem."));
    own.flat_map(|service| service.methods().collect::<Vec<_>>()).collect()
}

/// The methods of the contract that `methods` lacks, and its streams with the ordinary deadline.
fn methods_without_deadline(pool: &DescriptorPool, methods: &[Method]) -> Vec<String> {
    let paths = all_methods(pool).into_iter().map(|method| {
        let path = format!("/{}/{}", method.parent_service().full_name(), method.name());
        (path, method.is_server_streaming())
    });
    let lacks_deadline = |(path, is_stream): &(String, bool)| {
        let known = methods.iter().find(|method| method.path == path.as_str());
        known.is_none_or(|known| *is_stream && known.deadline == Deadline::Ordinary)
    };
    paths.filter(lacks_deadline).map(|(path, _)| path).collect()
}

#[test]
fn streams_have_deadlines() {
    let methods = [tandem_proto::chat::METHODS, tandem_proto::task::METHODS].concat();
    assert_eq!(methods_without_deadline(&contracts(), &methods), [""; 0]);
    let method = |path| Method { path, deadline: Deadline::Ordinary };
    let (get, watch) = ("/tandem.planted.v1.Planted/Get", "/tandem.planted.v1.Planted/Watch");
    let planted = compile(
        "message GetRequest {} message GetResponse {}
         service Planted {
             rpc Get(GetRequest) returns (GetResponse);
             rpc Watch(GetRequest) returns (stream GetResponse);
         }",
    );
    assert_eq!(methods_without_deadline(&planted, &[method(get), method(watch)]), [watch]);
    assert_eq!(methods_without_deadline(&planted, &[]), [get, watch]);
}

/// The codes that the comment of a method has to name, by what its request contains. Those of the
/// service's comment hold for every method.
fn expected_codes(method: &MethodDescriptor) -> Vec<&'static str> {
    let request = method.input();
    let has = |field| request.get_field_by_name(field).is_some();
    let (is_update, is_write) = (method.name().starts_with("Update"), has("request_id"));
    let rules = [
        (is_write, "ALREADY_EXISTS"),
        (is_write && (has("etag") || is_update), "ABORTED"),
        (has("page_token"), "INVALID_ARGUMENT"),
        (has("resume_token"), "OUT_OF_RANGE"),
        (has("id") && !is_write, "PERMISSION_DENIED"),
    ];
    rules.into_iter().filter_map(|(holds, code)| holds.then_some(code)).collect()
}

/// The methods whose comment lacks a code, each with that code. A method with errors of another one
/// (`The errors are those of …`) needs none of its own.
fn codes_missing(pool: &DescriptorPool) -> Vec<String> {
    let mut missing = Vec::new();
    for method in all_methods(pool) {
        let comment = comment_at(&method.parent_service().parent_file(), method.path());
        let comment = comment.split_whitespace().collect::<Vec<_>>().join(" ");
        if comment.contains("errors are those of") {
            continue;
        }
        let expected = expected_codes(&method);
        let absent = expected.into_iter().filter(|code| !comment.contains(code));
        missing.extend(absent.map(|code| format!("{}: {code}", method.name())));
        if !CODES.iter().any(|code| comment.contains(code)) {
            missing.push(format!("{}: any code", method.name()));
        }
    }
    missing
}

/// Codes of `google.rpc` that comments of methods name.
const CODES: [&str; 10] = [
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
];

#[test]
fn methods_name_their_codes() {
    assert_eq!(codes_missing(&contracts()), [""; 0]);
    let planted = compile(
        "message MoveRequest { string id = 1; string etag = 2; string request_id = 3; }
         message GetRequest { string id = 1; }
         message ListRequest {}
         message Thing {}
         service Planted {
             // Moves a thing. ABORTED on an etag mismatch.
             rpc Move(MoveRequest) returns (Thing);
             // Returns a thing. INVALID_ARGUMENT for another id.
             rpc Get(GetRequest) returns (Thing);
             // Lists things.
             rpc List(ListRequest) returns (Thing);
             // Moves a thing; the errors are those of Move.
             rpc Push(MoveRequest) returns (Thing);
         }",
    );
    let missing = ["Move: ALREADY_EXISTS", "Get: PERMISSION_DENIED", "List: any code"];
    assert_eq!(codes_missing(&planted), missing);
}
