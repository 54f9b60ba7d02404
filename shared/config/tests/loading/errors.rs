//! Invalid settings, and their messages.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt as _;

use crate::{loaded, refusal};

#[test]
fn all_errors_are_reported_at_once() {
    let text = "[task]\nsecret = \"abc\"\n[task.server]\nprot = 1\nratio = \"half\"";
    let variables =
        [("TANDEM_TASK__SERVER__PORT", "many"), ("TANDEM_TASK__SERVER__REFLEXION", "1")];
    let mut lines = refusal(text, &variables);
    lines.sort();
    assert_eq!(
        lines,
        [
            "task.secret: must have at least 4 characters",
            "task.server.port: expected u16, found a string \
             (environment variable TANDEM_TASK__SERVER__PORT)",
            "task.server.prot: is not a setting",
            "task.server.ratio: expected f64, found a string",
            "task.server.reflexion: is not a setting \
             (environment variable TANDEM_TASK__SERVER__REFLEXION)",
        ]
    );
}

#[test]
fn an_error_names_its_source() {
    let Err(errors) = loaded("[task.server]\nport = 0", &[]) else { panic!("port 0 accepted") };
    let line = &errors.lines()[0];
    assert!(line.starts_with("task.server.port: must not be 0 (file "), "{line}");
    assert!(line.ends_with("tandem.toml)"), "{line}");
    assert_eq!(errors.to_string(), *line);
}

#[test]
fn an_error_in_a_list_names_the_element() {
    let text = "[[task.trust]]\nissuer = \"me\"\nalgorithms = [\"RS256\", \"NONE\"]";
    assert_eq!(refusal(text, &[]), ["task.trust.0.algorithms.1: expected one of RS256, EDDSA"]);
    let text = "[[task.trust]]\nissuer = \"me\"\nalgorithms = []\nissuers = 1";
    assert_eq!(refusal(text, &[]), ["task.trust.0.issuers: is not a setting"]);
    assert_eq!(
        refusal("[[task.trust]]\nalgorithms = []", &[]),
        ["task.trust.0.issuer: is missing"]
    );
}

#[test]
fn the_best_reading_of_a_list_counts() {
    let text = r#"[{ issuer = "me", algorithms = ["none"] }]"#;
    assert_eq!(
        refusal("", &[("TANDEM_TASK__TRUST", text)]),
        ["task.trust.0.algorithms.0: expected one of RS256, EDDSA \
          (environment variable TANDEM_TASK__TRUST)"]
    );
}

#[test]
fn no_error_quotes_a_value() {
    let canary = "canary-5e1";
    let text = format!("[task]\nsecret = [\"{canary}\"]\n[task.server]\nport = \"{canary}\"");
    let lines = refusal(&text, &[("TANDEM_TASK__SERVER__RATIO", canary)]);
    assert_eq!(lines.len(), 3);
    assert!(!lines.concat().contains(canary), "{lines:?}");
}

#[test]
fn invalid_toml_is_located_not_quoted() {
    let lines = refusal("[task]\nsecret = \"canary\nname = 1", &[]);
    assert!(lines[0].contains("tandem.toml: is not TOML: line 2: "), "{lines:?}");
    assert!(!lines[0].contains("canary"), "{lines:?}");
}

#[test]
fn a_missing_file_is_an_error() {
    let variables = [("TANDEM_TASK__SECRET_FILE", "/no/such/file")];
    let [line] = &refusal("", &variables)[..] else { panic!("one error is expected") };
    assert!(line.starts_with("task.secret: cannot read its file: "), "{line}");
    let missing = std::path::Path::new("/no/such/tandem.toml");
    let loaded = tandem_config::load::<crate::Settings>("task", Some(missing), [].into_iter());
    let Err(errors) = loaded else { panic!("a missing file was accepted") };
    let line = "file /no/such/tandem.toml: cannot be read: ";
    assert!(errors.lines()[0].starts_with(line), "{errors}");
}

#[test]
fn unknown_tables_are_errors() {
    let lines = refusal("[task.server]\n[tsak.server]\n[chat.anything]\n[jobs]", &[]);
    assert!(lines[0].ends_with("tandem.toml: [jobs] is not a service"), "{lines:?}");
    assert!(lines[1].ends_with("tandem.toml: [tsak] is not a service"), "{lines:?}");
    assert_eq!(lines.len(), 2, "{lines:?}");
}

#[test]
fn misspelt_variables_are_errors() {
    for name in ["TANDEM_TSAK__SERVER__PORT", "TANDEM_TASK_SERVER__PORT", "TANDEM_SERVER_NAME"] {
        let line = format!("environment variable {name}: is not a setting");
        assert_eq!(refusal("", &[(name, "1")]), [line]);
    }
    let known = [
        ("TANDEM_CONFIG", "x"),
        ("TANDEM_TEST_REQUIRE_POSTGRES", "1"),
        ("TANDEM_TASK_PORT_50052_TCP_ADDR", "10.0.0.1"),
        ("TANDEM_CHAT_SERVICE_HOST", "10.0.0.1"),
        ("TANDEM", "x"),
    ];
    assert!(loaded("", &known).is_ok());
}

#[test]
fn variables_that_are_not_utf8_are_errors() {
    let bytes = OsString::from_vec(vec![0xff]);
    let own = ("TANDEM_TASK__SERVER__NAME".into(), bytes.clone());
    let others = [(bytes.clone(), bytes.clone()), ("LANG".into(), bytes)];
    let environment = others.clone().into_iter().chain([own]);
    let loaded = tandem_config::load::<crate::Settings>("task", None, environment);
    let Err(errors) = loaded else { panic!("invalid text was accepted") };
    let line = "environment variable TANDEM_TASK__SERVER__NAME: is not UTF-8";
    assert_eq!(errors.lines(), [line]);
    assert!(tandem_config::load::<crate::Settings>("task", None, others.into_iter()).is_ok());
}
