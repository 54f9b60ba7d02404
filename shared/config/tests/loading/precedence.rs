//! Precedence of the sources, and the types of variables.

use crate::{Algorithm, Settings, Trust, file, settings};

#[test]
fn variables_override_file_and_defaults() {
    let text = "[task.server]\nport = 1\nratio = 2\n[chat.server]\nport = 9";
    let server = settings(text, &[("TANDEM_TASK__SERVER__PORT", "2")]).server;
    assert_eq!((server.port, server.ratio, server.name.as_str()), (2, 2.0, "task"));
}

#[test]
fn a_partial_section_keeps_defaults() {
    let server = settings("[task.server]\nreflection = false", &[]).server;
    assert_eq!(server.name, "task");
}

#[test]
fn defaults_apply_without_a_file() {
    let loaded = tandem_config::load::<Settings>("task", None, std::iter::empty());
    let settings = loaded.expect("defaults are good").settings;
    assert_eq!((settings.server.port, settings.key.0.as_str()), (50052, "built in"));
}

#[test]
fn own_variables_override_aliases() {
    let own = ("TANDEM_TASK__SERVER__NAME", "own");
    let alias = ("SERVER_NAME", "alias");
    assert_eq!(settings("", &[own, alias]).server.name, "own");
    assert_eq!(settings("", &[alias]).server.name, "alias");
}

#[test]
fn foreign_and_empty_variables_are_ignored() {
    let others = [("TANDEM_CHAT__SERVER__PORT", "x"), ("TANDEM_TASK_PORT", "tcp://10.0.0.1:1")];
    let empty = ("TANDEM_TASK__SERVER__PORT", "");
    assert_eq!(settings("", &[others[0], others[1], empty]).server.port, 50052);
}

#[test]
fn variables_take_the_type_of_the_setting() {
    let settings = settings(
        "",
        &[
            ("TANDEM_TASK__SERVER__PORT", "8080"),
            ("TANDEM_TASK__SERVER__REFLECTION", "false"),
            ("TANDEM_TASK__SERVER__RATIO", "1"),
            ("TANDEM_TASK__SERVER__NAME", "true"),
            ("TANDEM_TASK__SECRET", "12345678"),
        ],
    );
    let server = &settings.server;
    assert_eq!((server.port, server.reflection, server.ratio), (8080, false, 1.0));
    assert_eq!(server.name, "true");
    assert_eq!(settings.secret.expect("a secret").0, "12345678");
}

#[test]
fn lists_are_toml_json_or_words() {
    for text in [r#"["a", "b"]"#, "a, b", r#"[ "a" , "b" ]"#] {
        assert_eq!(settings("", &[("TANDEM_TASK__ORIGINS", text)]).origins, ["a", "b"]);
    }
    let entry = || Trust { issuer: "me".to_owned(), algorithms: vec![Algorithm::EdDsa] };
    for text in [
        r#"[{ issuer = "me", algorithms = ["EDDSA"] }]"#,
        r#"[{"issuer": "me", "algorithms": ["EDDSA"]}]"#,
    ] {
        assert_eq!(settings("", &[("TANDEM_TASK__TRUST", text)]).trust, [entry()]);
    }
}

#[test]
fn file_suffix_reads_the_value_from_a_file() {
    let secret = file("from the file\n");
    let path = secret.path.to_str().expect("a path in UTF-8");
    let settings = settings("", &[("TANDEM_TASK__SECRET_FILE", path)]);
    assert_eq!(settings.secret.expect("a secret").0, "from the file");
}
