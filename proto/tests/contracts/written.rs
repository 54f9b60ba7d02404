//! What is generated from options.

use crate::planted::{generate, generate_field};

const REQUIRED: &str =
    "(google.api.field_behavior) = REQUIRED, (buf.validate.field).required = true";
const OPTIONAL: &str = "(google.api.field_behavior) = OPTIONAL";

/// Asserts that `source` contains `part`, whatever the line breaks.
fn assert_contains(source: &str, part: &str) {
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words(source).contains(&words(part)), "{part} is not in:\n{source}");
}

#[test]
fn checks_of_a_string() {
    let options = format!("{OPTIONAL}, (buf.validate.field).string.max_len = 7");
    let source = generate_field("string key = 1", &options).expect("understood");
    let form =
        "crate::rules::StringRules { form: crate::rules::Form::Any, min_len: 0, max_len: Some(7) }";
    let check =
        format!(r#"crate::rules::check_string(path, "key", &mut self.key, &{form}, violations);"#);
    assert_contains(&source, &check);
}

#[test]
fn page_sizes_as_constants() {
    let sizes = "(tandem.options.v1.page_size) = {default_size: 3 max_size: 9}";
    let source = generate_field("int32 page_size = 1", &format!("{OPTIONAL}, {sizes}"));
    let source = source.expect("understood");
    assert_contains(&source, "pub const DEFAULT_PAGE_SIZE: u32 = 3;");
    assert_contains(&source, "pub const MAX_PAGE_SIZE: u32 = 9;");
}

/// The planted field is in no list that is kept by hand.
#[test]
fn a_new_field_is_updatable() {
    let contract = format!(
        "message UpdateThingRequest {{
             Thing thing = 1 [{REQUIRED}];
             google.protobuf.FieldMask update_mask = 2 [{OPTIONAL}];
         }}
         message Thing {{
             string id = 1 [(google.api.field_behavior) = IDENTIFIER];
             string title = 2 [{OPTIONAL}];
             int32 estimate_minutes = 3 [{OPTIONAL}];
             string source = 4 [(google.api.field_behavior) = IMMUTABLE];
             google.protobuf.Timestamp create_time = 5 [(google.api.field_behavior) = OUTPUT_ONLY];
             string etag = 6 [{OPTIONAL}];
         }}"
    );
    let source = generate(&contract).expect("understood");
    assert_contains(&source, "impl crate::Updatable for Thing");
    assert_contains(&source, r#"const NAME: &'static str = "thing";"#);
    assert_contains(
        &source,
        r#"UPDATABLE: &'static [&'static str] = &["title", "estimate_minutes"];"#,
    );
    assert_contains(
        &source,
        r#"IGNORED: &'static [&'static str] = &["id", "source", "create_time", "etag"];"#,
    );
    let value =
        r#""estimate_minutes" => crate::rules::Present::is_present(&self.estimate_minutes),"#;
    assert_contains(&source, value);
}

/// The planted stream is in no list that is kept by hand.
#[test]
fn a_new_stream_has_its_deadline() {
    let contract = "message WatchRequest {} message WatchResponse {}
        service Planted {
            rpc Get(WatchRequest) returns (WatchResponse);
            rpc Watch(WatchRequest) returns (stream WatchResponse) {
                option (tandem.options.v1.deadline) = DEADLINE_UNBOUNDED;
            }
            rpc Ask(WatchRequest) returns (WatchResponse) {
                option (tandem.options.v1.deadline) = DEADLINE_TURN;
            }
        }";
    let source = generate(contract).expect("understood");
    for (method, deadline) in [("Get", "Ordinary"), ("Watch", "Unbounded"), ("Ask", "Turn")] {
        let path = format!("/tandem.planted.v1.Planted/{method}");
        let entry =
            format!("crate::Method {{ path: {path:?}, deadline: crate::Deadline::{deadline} }}");
        assert_contains(&source, &entry);
    }
}
