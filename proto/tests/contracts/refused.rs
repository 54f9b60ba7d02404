//! Options that let the build fail: those that are not understood, and those without an effect.

use crate::planted::{compile_with_rules, generate, generate_field};

const OPTIONAL: &str = "(google.api.field_behavior) = OPTIONAL";
const REQUIRED: &str = "(google.api.field_behavior) = REQUIRED";

/// Asserts that an optional field with `rules` (`option = value`, comma separated) is refused.
fn assert_refused(field: &str, rules: &str, reason: &str) {
    let answer = generate_field(field, &format!("{OPTIONAL}, {rules}"));
    let fault = answer.expect_err(rules);
    assert!(fault.contains(reason), "{rules}: {fault}");
}

#[test]
fn unknown_rules() {
    let field = |rule: &str| {
        format!("message GetRequest {{ string id = 1 [{OPTIONAL}, (buf.validate.field).{rule}]; }}")
    };
    let add_prefix = |rules: String| {
        let known = "optional string pattern = 6;";
        rules.replace(known, &format!("{known} optional string prefix = 7;"))
    };
    let pool = compile_with_rules(&field(r#"string.prefix = "a""#), add_prefix);
    let fault = crate::generator::generate(&pool, "tandem.planted.v1").expect_err("unknown");
    assert!(fault.contains("prefix") && fault.contains("is not understood"), "{fault}");

    let not_understood = "is not understood";
    assert_refused(
        "string id = 1",
        r#"(buf.validate.field).string.pattern = "a+""#,
        not_understood,
    );
    assert_refused("string id = 1", "(buf.validate.field).ignore = IGNORE_ALWAYS", not_understood);
    let items = "(buf.validate.field).repeated.items.int32.gte = 0";
    assert_refused("repeated int32 ids = 1", items, "only string rules");
}

#[test]
fn rules_of_another_type() {
    let do_not_fit = "do not fit";
    for (field, rule) in [
        ("string id = 1", "int32.gte = 0"),
        ("int64 id = 1", "int32.gte = 0"),
        ("int32 id = 1", "int64.gte = 0"),
        ("int32 id = 1", "string.max_len = 1"),
        ("bool id = 1", "string.max_len = 1"),
        ("google.protobuf.Timestamp id = 1", "string.max_len = 1"),
        ("repeated string id = 1", "string.max_len = 1"),
        ("string id = 1", "repeated.max_items = 1"),
        ("string id = 1", "map.max_pairs = 1"),
        ("string id = 1", "enum.defined_only = true"),
        ("map<string, int32> id = 1", "map.max_pairs = 1"),
        ("repeated int32 id = 1", "repeated.items.string.max_len = 1"),
    ] {
        assert_refused(field, &format!("(buf.validate.field).{rule}"), do_not_fit);
    }
}

#[test]
fn rules_without_effect() {
    let string = "string id = 1";
    for (rules, reason) in [
        ("(buf.validate.field).string = {}", "no effect"),
        ("(buf.validate.field).string.uuid = false", "no effect"),
        ("(buf.validate.field).required = false", "no effect"),
        ("(buf.validate.field).string = {uuid: true max_len: 36}", "no effect"),
        ("(buf.validate.field).string = {min_len: 2 max_len: 1}", "no string satisfies"),
        ("(buf.validate.field) = {ignore: IGNORE_IF_ZERO_VALUE string: {max_len: 1}}", "no effect"),
        ("(tandem.options.v1.normalized_text) = false", "no effect"),
        ("(buf.validate.field).string.min_len = 0", "is not understood"),
    ] {
        assert_refused(string, rules, reason);
    }
    let normalized = "(tandem.options.v1.normalized_text) = true";
    assert_refused("int32 id = 1", normalized, "normalized_text has no effect");
    let pattern = r#"(buf.validate.field).string.pattern = "^[!-~]*$""#;
    assert_refused(string, &format!("{normalized}, {pattern}"), "normalized_text has no effect");
}

#[test]
fn rules_that_nothing_checks() {
    let reason = "only the service sets";
    let rule = "(buf.validate.field).string.max_len = 1";
    let output = format!("(google.api.field_behavior) = OUTPUT_ONLY, {rule}");
    assert!(generate_field("string id = 1", &output).expect_err("output").contains(reason));
    let response = format!("message GetResponse {{ string id = 1 [{rule}]; }}");
    assert!(generate(&response).expect_err("a response").contains(reason));
}

#[test]
fn required_beside_its_behavior() {
    let uuid = "(buf.validate.field).string.uuid = true";
    let required = "(buf.validate.field).required = true";
    let string = "string id = 1";
    assert!(generate_field(string, &format!("{REQUIRED}, {required}, {uuid}")).is_ok());
    for options in [format!("{REQUIRED}, {uuid}"), format!("{OPTIONAL}, {required}, {uuid}")] {
        let fault = generate_field(string, &options).expect_err("one without the other");
        assert!(fault.contains("stand together"), "{fault}");
    }
    let resource = format!(
        "message CreateRequest {{ Thing thing = 1 [{REQUIRED}, {required}]; }}
         message Thing {{ string title = 1 [{REQUIRED}, {required}]; }}"
    );
    assert!(generate(&resource).expect_err("a resource").contains("partial updates"));
}

#[test]
fn empty_strings_by_accident() {
    let reason = "the zero value is refused";
    assert_refused("string id = 1", "(buf.validate.field).string.uuid = true", reason);
    assert_refused("string id = 1", "(buf.validate.field).string.min_len = 1", reason);
    let ignored = "(buf.validate.field) = {ignore: IGNORE_IF_ZERO_VALUE string: {uuid: true}}";
    assert!(generate_field("string id = 1", &format!("{OPTIONAL}, {ignored}")).is_ok());
}

#[test]
fn fields_without_checks() {
    let cases = [
        ("bytes id = 1", "no checks"),
        ("repeated google.protobuf.Timestamp id = 1", "no checks"),
        ("optional string id = 1", "presence"),
    ];
    for (field, reason) in cases {
        let fault = generate_field(field, OPTIONAL).expect_err(field);
        assert!(fault.contains(reason), "{fault}");
    }
    let open = format!(
        "enum Kind {{ KIND_UNSPECIFIED = 0; }} message GetRequest {{ Kind kind = 1 [{OPTIONAL}]; }}"
    );
    assert!(generate(&open).expect_err("any number").contains("defined_only"));
    let silent = "message GetRequest { string id = 1; }";
    assert!(generate(silent).expect_err("no behavior").contains("field_behavior"));
}

#[test]
fn page_sizes() {
    let fault = generate_field("int32 page_size = 1", OPTIONAL).expect_err("no sizes");
    assert!(fault.contains("has no tandem.options.v1.page_size"), "{fault}");
    let sizes = |default: i32, max: i32| {
        format!("(tandem.options.v1.page_size) = {{default_size: {default} max_size: {max}}}")
    };
    assert_refused("int32 page_size = 1", &sizes(0, 10), "between 1 and the maximum");
    assert_refused("int32 page_size = 1", &sizes(11, 10), "between 1 and the maximum");
    assert_refused("int32 size = 1", &sizes(1, 10), "for an int32 page_size");
    assert_refused("int64 page_size = 1", &sizes(1, 10), "for an int32 page_size");
}

#[test]
fn streams_without_a_deadline() {
    let service = |returns: &str, option: &str| {
        format!(
            "message WatchRequest {{}} message WatchResponse {{}}
             service S {{ rpc Watch(WatchRequest) returns ({returns} WatchResponse) {{ {option} }} }}"
        )
    };
    let fault = generate(&service("stream", "")).expect_err("a stream of 10 s");
    assert!(fault.contains("a stream has to have a deadline"), "{fault}");
    assert!(generate(&service("", "")).is_ok());
}
