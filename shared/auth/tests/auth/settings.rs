//! The section `auth`: parsing, redaction and validation.

use tandem_auth::{KeySource, Scope, Settings};

use tandem_config::{HumanDuration, ValidateConfig as _};

use crate::support::{pair, trust};

fn read(toml: &str) -> Settings {
    toml::from_str(toml).expect("settings")
}

#[test]
fn missing_settings_have_defaults() {
    let settings = read(
        r#"
        [[trust]]
        issuer = "https://id.example"
        audience = "tandem"
        keys = { ed25519_public_key_file = "/keys/public.pem" }
        default_scopes = ["chat", "tasks"]
        algorithms = ["EdDSA"]
        "#,
    );
    assert_eq!((settings.leeway, settings.cache_entries), (HumanDuration::from_secs(30), 10_000));
    let entry = &settings.trust[0];
    assert!(matches!(entry.keys, KeySource::Ed25519PublicKeyFile(_)));
    assert_eq!(entry.default_scopes, [Scope::Chat, Scope::Tasks]);
    assert!(!entry.delegated && !entry.allow_hs256_without_issuer_and_audience);
}

#[test]
fn unknown_setting_is_named() {
    let error = toml::from_str::<Settings>("leeway = 30").expect_err("no such setting");
    assert!(error.to_string().contains("leeway"), "{error}");
}

#[test]
fn secrets_are_redacted() {
    let secret = "4fJ1kq8ZpV0mWb7xYc3nTd9sRg2uHa6e";
    let settings = read(&format!("[[trust]]\nkeys = {{ hs256_secret = \"{secret}\" }}"));
    let shown = toml::to_string(&settings).expect("TOML");
    assert!(shown.contains(r#"hs256_secret = "***""#), "{shown}");
    for text in [shown, format!("{settings:?}"), settings.validate().join("\n")] {
        assert!(!text.contains(secret), "{text}");
    }
}

#[test]
fn all_violations_are_reported() {
    let settings = read(
        r#"
        leeway = "1h"
        [[trust]]
        keys = { hs256_secret = "changeme" }
        [[trust]]
        issuer = "https://id.example"
        audience = "tandem"
        keys = { jwks_file = "/nowhere/jwks.json" }
        [[trust]]
        issuer = "tandem-chat"
        audience = "tandem-task"
        keys = { ed25519_public_key = "none" }
        delegated = true
        default_scopes = ["admin"]
        allow_hs256_without_issuer_and_audience = true
        [[trust]]
        issuer = "tandem-chat"
        audience = "tandem"
        keys = { hs256_secret = "4fJ1kq8ZpV0mWb7xYc3nTd9sRg2uHa6e" }
        algorithms = ["EdDSA"]
        "#,
    );
    let faults = settings.validate();
    let paths: Vec<_> = faults.iter().filter_map(|line| Some(line.split_once(": ")?.0)).collect();
    let expected = [
        "leeway",
        "trust.0.issuer",
        "trust.0.audience",
        "trust.0.keys.hs256_secret",
        "trust.1.keys.jwks_file",
        "trust.2.allow_hs256_without_issuer_and_audience",
        "trust.2.delegated",
        "trust.2.default_scopes",
        "trust.2.keys.ed25519_public_key",
        "trust.3.algorithms",
    ];
    assert_eq!(paths, expected, "{faults:#?}");
}

#[test]
fn a_trust_entry_is_required() {
    assert_eq!(Settings::default().validate().len(), 1);
    assert!(tandem_auth::Verifier::new(&Settings::default()).is_err());
    let settings = Settings { trust: vec![trust(&pair())], ..Settings::default() };
    assert_eq!(settings.validate(), Vec::<String>::new());
}

#[test]
fn weak_secrets_are_rejected() {
    let weak = [
        "",
        "secret",
        "your-secret-key",
        "your-secret-key-change-in-production-please",
        "change_me_change_me_change_me_change_me",
        "my super Example secret for development only",
        "00000000000000000000000000000000",
        "abababababababababababababababababababab",
        "0123456789abcdefghijklmnopqrstu",
    ];
    for secret in weak {
        let settings = read(&format!(
            "[[trust]]\nissuer = \"a\"\naudience = \"b\"\nkeys = {{ hs256_secret = \"{secret}\" }}"
        ));
        let faults = settings.validate();
        assert_eq!(faults.len(), 1, "{secret:?}: {faults:?}");
        assert!(faults[0].starts_with("trust.0.keys.hs256_secret: "), "{faults:?}");
    }
}

#[test]
fn misplaced_private_key_is_not_quoted() {
    let dir = tempfile::TempDir::new().expect("a directory");
    let path = dir.path().join("private.pem");
    std::fs::write(&path, pair().private_pem).expect("a file");
    for keys in [KeySource::Ed25519PublicKeyFile(path.clone()), KeySource::JwksFile(path)] {
        let entry = tandem_auth::TrustEntry { keys, ..trust(&pair()) };
        let faults = Settings { trust: vec![entry], ..Settings::default() }.validate();
        assert_eq!(faults.len(), 1, "{faults:?}");
        assert!(!faults[0].contains("PRIVATE"), "{faults:?}");
    }
}
