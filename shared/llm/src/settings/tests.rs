//! Rules for settings, and the protection of keys.

use serde_json::json;

use super::*;

fn settings_with(name: &str, provider: Provider) -> Settings {
    let mut settings = Settings { fallback_order: vec![name.to_owned()], ..Settings::default() };
    settings.providers.insert(name.to_owned(), provider);
    settings
}

fn local_server() -> Provider {
    Provider {
        model: Some("m".to_owned()),
        base_url: Some("http://127.0.0.1:11434/v1".to_owned()),
        ..Provider::new(Kind::OPENAI)
    }
}

#[test]
fn defaults_are_valid_and_offline() {
    let settings = Settings::default();
    assert_eq!(settings.validate(), [""; 0]);
    assert_eq!(settings.fallback_order, ["builtin"]);
}

#[test]
fn only_public_apis_require_a_key() {
    assert_eq!(settings_with("local", local_server()).validate(), [""; 0]);
    for name in ["openai", "gemini", "anthropic"] {
        let settings = Settings { fallback_order: vec![name.to_owned()], ..Settings::default() };
        let errors = settings.validate();
        let [error] = &errors[..] else { panic!("{errors:?}") };
        assert!(error.starts_with(&format!("providers.{name}.api_key: is missing")), "{error}");
    }
}

#[test]
fn all_errors_are_reported_at_once() {
    let provider = Provider {
        model: None,
        base_url: Some("localhost:11434".to_owned()),
        api_key: Some("two words".into()),
        stream_idle_timeout: HumanDuration::from_millis(0),
        ..local_server()
    };
    let mut settings = settings_with("local", provider);
    settings.fallback_order.push("nobody".to_owned());
    settings.retries = 99;
    let errors = settings.validate().join("\n");
    for path in [
        "fallback_order: \"nobody\"",
        "retries",
        "providers.local.model",
        "providers.local.base_url",
        "providers.local.api_key",
        "providers.local.stream_idle_timeout",
    ] {
        assert!(errors.contains(path), "{path} in {errors}");
    }
    assert!(!errors.contains("two words"), "{errors}");
}

#[test]
fn an_unknown_kind_is_an_error() {
    let error =
        toml::from_str::<Provider>("kind = \"no_such_kind\"").expect_err("an error").to_string();
    for kind in Kind::all() {
        assert!(error.contains(kind.name()), "{kind:?} in {error}");
    }
}

#[test]
fn a_key_is_set_once_and_trimmed() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("key");
    std::fs::write(&file, "sk-canary\n").expect("a file");
    let from_file = Provider { api_key_file: Some(file.clone()), ..local_server() };
    let key = from_file.api_key().expect("a valid key").expect("a key");
    let header_value = "sk-canary".parse().expect("a value");
    assert_eq!((key.expose_secret(), key.header_value()), ("sk-canary", header_value));
    let both = Provider { api_key: Some("sk-other".into()), ..from_file };
    assert!(both.validate()[0].starts_with("api_key_file: must not be set together with api_key"));
    let missing = Provider { api_key_file: Some(folder.path().join("none")), ..local_server() };
    assert!(missing.validate()[0].contains("cannot be read"));
    std::fs::write(&file, " \n").expect("a file");
    let empty = Provider { api_key_file: Some(file), ..local_server() };
    assert_eq!(empty.validate(), ["api_key_file: is empty"]);
}

#[test]
fn a_key_is_never_shown() {
    let provider = Provider { api_key: Some("sk-canary".into()), ..local_server() };
    let settings = settings_with("local", provider);
    let shown = format!("{settings:?} {}", serde_json::to_string(&settings).expect("JSON"));
    assert!(!shown.contains("canary"), "{shown}");
    let key = settings.providers["local"].api_key().expect("a valid key").expect("a key");
    assert!(!format!("{:?}", key.header_value()).contains("canary"));
}

#[test]
fn an_unusable_script_is_an_error() {
    let script = Some("/nowhere/script.toml".into());
    let errors = settings_with("play", Provider { script, ..Provider::new(Kind::SCRIPTED) });
    let errors = errors.validate();
    assert!(errors[0].starts_with("providers.play.script: /nowhere/script.toml cannot be read"));
    let errors = settings_with("play", Provider::new(Kind::SCRIPTED)).validate();
    assert_eq!(errors, ["providers.play.script: is missing"]);
}

#[test]
fn extra_fields_are_a_table_without_secrets() {
    let settings = r#"
        kind = "openai"
        base_url = "http://127.0.0.1:11434/v1"
        model = "m"
        extra_body = { temperature = 0.2, options = { num_ctx = 8192, Api-Key = "sk-canary" }, model = "x" }
    "#;
    let provider = toml::from_str::<Provider>(settings).expect("settings");
    let errors = provider.validate();
    assert!(errors[0].starts_with("extra_body.model: is set"), "{errors:?}");
    assert!(
        errors[1].starts_with("extra_body.options.Api-Key: must not be a secret"),
        "{errors:?}"
    );
    assert_eq!(errors.len(), 2);
    let mut unused = Settings::default();
    unused.providers.insert("local".to_owned(), provider);
    let errors = [errors, unused.validate()].concat();
    assert!(errors.len() == 4 && !errors.join("").contains("canary"), "{errors:?}");
}

#[test]
fn only_its_own_api_gets_default_fields() {
    let extra_body = |provider: Provider| provider.target().expect("valid settings").extra_body;
    let openai = Provider::new(Kind::OPENAI);
    assert_eq!(extra_body(openai.clone()), json!({"reasoning_effort": "none"}));
    let low = [("reasoning_effort".to_owned(), json!("low"))].into();
    assert_eq!(
        extra_body(Provider { extra_body: low, ..openai }),
        json!({"reasoning_effort": "low"})
    );
    assert_eq!(extra_body(local_server()), json!({}));
}
