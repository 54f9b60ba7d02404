use super::Url;

fn shown(url: &str) -> String {
    let url = Url::from(url);
    assert_eq!(format!("{url:?}"), url.to_string());
    assert_eq!(serde_json::to_value(&url).expect("a string"), url.to_string());
    url.to_string()
}

#[test]
fn passwords_are_redacted() {
    assert_eq!(shown("postgres://chat:pw@db:5432/chat"), "postgres://chat:***@db:5432/chat");
    assert_eq!(shown("postgres://chat:p/w@1@db/chat"), "postgres://chat:***@db/chat");
    assert_eq!(
        shown("postgresql:///chat?user=chat&password=pw&sslmode=require"),
        "postgresql:///chat?user=chat&password=***&sslmode=require"
    );
    assert_eq!(shown("postgres:chat:pw@db"), "***");
}

#[test]
fn urls_without_password_are_unchanged() {
    for url in ["sqlite:./data/task.db", "postgres://chat@db/chat", "postgres://db/chat"] {
        assert_eq!(shown(url), url);
    }
}

#[test]
fn expose_returns_the_password() {
    let url: Url = serde_json::from_str("\"postgres://chat:pw@db/chat\"").expect("a string");
    assert_eq!(url.expose(), "postgres://chat:pw@db/chat");
}
