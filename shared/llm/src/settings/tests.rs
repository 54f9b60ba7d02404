//! What is wrong with settings, and that a key is never shown.

use super::*;

fn with(name: &str, provider: Provider) -> Settings {
    let mut settings = Settings { order: vec![name.to_owned()], ..Settings::default() };
    settings.providers.insert(name.to_owned(), provider);
    settings
}

fn openai() -> Provider {
    Provider {
        model: Some("m".to_owned()),
        base_url: Some("http://127.0.0.1:11434/v1".to_owned()),
        ..Provider::new(Kind::OpenAi)
    }
}

#[test]
fn the_defaults_are_good_and_use_no_network() {
    let settings = Settings::default();
    assert_eq!(settings.validate(), [""; 0]);
    assert_eq!(settings.order, ["builtin"]);
}

#[test]
fn a_server_of_ones_own_needs_no_key_and_a_provider_does() {
    assert_eq!(with("local", openai()).validate(), [""; 0]);
    for name in ["openai", "gemini", "anthropic"] {
        let settings = Settings { order: vec![name.to_owned()], ..Settings::default() };
        let [fault] = &settings.validate()[..] else { panic!("{:?}", settings.validate()) };
        assert!(fault.starts_with(&format!("providers.{name}.api_key: is missing")), "{fault}");
    }
}

#[test]
fn every_fault_is_named_at_once() {
    let provider = Provider {
        model: None,
        base_url: Some("localhost:11434".to_owned()),
        api_key: Some("two words".into()),
        silence_timeout_ms: 0,
        ..openai()
    };
    let mut settings = with("local", provider);
    settings.order.push("nobody".to_owned());
    settings.retries = 99;
    let faults = settings.validate().join("\n");
    for path in [
        "use: \"nobody\"",
        "retries",
        "providers.local.model",
        "providers.local.base_url",
        "providers.local.api_key",
        "providers.local.silence_timeout_ms",
    ] {
        assert!(faults.contains(path), "{path} in {faults}");
    }
    assert!(!faults.contains("two words"), "{faults}");
}

#[test]
fn a_key_comes_from_one_place_and_a_file_may_end_with_a_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("key");
    std::fs::write(&file, "sk-canary\n").expect("a file");
    let from_file = Provider { api_key_file: Some(file.clone()), ..openai() };
    let (key, header) = from_file.key().expect("a key").expect("a key");
    assert_eq!(
        (secrecy::ExposeSecret::expose_secret(&key), header),
        ("sk-canary", "sk-canary".parse().expect("a value"))
    );
    let both = Provider { api_key: Some("sk-other".into()), ..from_file };
    assert!(both.validate()[0].starts_with("api_key_file: is set, and api_key too"));
    let missing = Provider { api_key_file: Some(folder.path().join("none")), ..openai() };
    assert!(missing.validate()[0].contains("cannot be read"));
    std::fs::write(&file, " \n").expect("a file");
    let empty = Provider { api_key_file: Some(file), ..openai() };
    assert_eq!(empty.validate(), ["api_key_file: holds no key"]);
}

#[test]
fn a_key_is_never_shown() {
    let settings = with("local", Provider { api_key: Some("sk-canary".into()), ..openai() });
    let shown = format!("{settings:?} {}", serde_json::to_string(&settings).expect("JSON"));
    assert!(!shown.contains("canary"), "{shown}");
    let (_, header) = settings.providers["local"].key().expect("a key").expect("a key");
    assert!(!format!("{header:?}").contains("canary"));
}

#[test]
fn a_script_that_cannot_be_played_is_a_fault() {
    let provider =
        Provider { script: Some("/nowhere/script.toml".into()), ..Provider::new(Kind::Scripted) };
    let faults = with("play", provider).validate();
    assert!(faults[0].starts_with("providers.play.script: /nowhere/script.toml cannot be read"));
    let faults = with("play", Provider::new(Kind::Scripted)).validate();
    assert_eq!(faults, ["providers.play.script: names no file"]);
}
