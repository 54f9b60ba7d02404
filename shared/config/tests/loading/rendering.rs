//! The output of the `config` command.

use crate::{loaded, settings};

#[test]
fn rendering_has_sources_and_no_secrets() {
    let text = "[task]\nsecret = \"canary\"\n[task.server]\nratio = 2.5";
    let variables = [("TANDEM_TASK__SERVER__NAME", "of the \"task\" service")];
    let shown = loaded(text, &variables).map(|loaded| loaded.render()).expect("good settings");
    let lines: Vec<&str> =
        shown.lines().map(|line| line.split("# file").next().expect("a part")).collect();
    assert_eq!(
        lines,
        [
            "task.key = \"***\"  # default",
            "task.origins = []  # default",
            "task.secret = \"***\"  ",
            "task.server.name = 'of the \"task\" service'  # environment variable TANDEM_TASK__SERVER__NAME",
            "task.server.port = 50052  # default",
            "task.server.ratio = 2.5  ",
            "task.server.reflection = true  # default",
            "task.trust = []  # default",
        ]
    );
}

#[test]
fn rendered_settings_load_again() {
    let trust = r#"[{ issuer = "me", algorithms = ["RS256"] }]"#;
    let variables = [("TANDEM_TASK__SERVER__PORT", "7"), ("TANDEM_TASK__TRUST", trust)];
    let first = loaded("", &variables).expect("good settings");
    let again = settings(&first.render(), &[]);
    assert_eq!(again.server.port, 7);
    assert_eq!(again.trust, first.settings.trust);
    assert!(first.render().contains("# task.secret is not set"));
}
