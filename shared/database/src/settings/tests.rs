use tandem_config::{HumanDuration, ValidateConfig as _};

use super::Settings;

fn with_url(url: &str) -> Settings {
    Settings { url: url.into(), ..Settings::default() }
}

#[test]
fn violations_name_their_field() {
    let settings = Settings {
        url: "mysql://db/tasks".into(),
        max_connections: 0,
        acquire_timeout: HumanDuration::default(),
        statement_timeout: HumanDuration::MAX,
        migrate_on_start: true,
        application_name: String::new(),
        page_token_key: None,
    };
    let faults = settings.validate();
    let fields: Vec<_> = faults.iter().filter_map(|fault| fault.split(':').next()).collect();
    let expected =
        ["url", "max_connections", "acquire_timeout", "statement_timeout", "application_name"];
    assert_eq!(fields, expected);
}

#[test]
fn unusable_urls_are_violations() {
    for url in ["", "sqlite:", "sqlite::memory:", "sqlite:x?mode=memory", "sqlite:x?mode=q"] {
        assert_eq!(with_url(url).validate().len(), 1, "{url}");
    }
    for url in ["postgres:db", "postgres://db:port/x", "postgres://db/x?sslmode=some"] {
        assert_eq!(with_url(url).validate().len(), 1, "{url}");
    }
}

#[test]
fn valid_urls_are_accepted() {
    for url in ["sqlite:./a.db", "sqlite:///a.db", "postgres://u:p@db/x", "postgresql:///x?host=/s"]
    {
        assert_eq!(with_url(url).validate(), Vec::<String>::new(), "{url}");
    }
    assert_eq!(Settings::sqlite("/a b/100%?.db").validate(), Vec::<String>::new());
}

#[test]
fn only_missing_fields_have_defaults() {
    assert!(serde_json::from_str::<Settings>(r#"{"urll": "sqlite:a.db"}"#).is_err());
    let settings: Settings = serde_json::from_str(r#"{"max_connections": 3}"#).expect("settings");
    assert_eq!(
        (settings.max_connections, settings.acquire_timeout),
        (3, HumanDuration::from_secs(5))
    );
}
