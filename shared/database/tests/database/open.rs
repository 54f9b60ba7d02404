//! Opening: created files, connection settings and error messages.

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;

use tandem_config::HumanDuration;
use tandem_database::{Database, Db as _, Settings};
use tandem_error::Error;

use crate::notes::{add, ids, on_each, open, text};

#[tokio::test]
async fn ping_succeeds_until_closed() {
    on_each(async |settings| {
        let db = Database::open(&settings).await.expect("a database");
        db.ping().await.expect("an answer");
        db.close().await;
        assert!(matches!(db.ping().await, Err(Error::DatabaseUnavailable(_))));
    })
    .await;
}

#[tokio::test]
async fn sqlite_commits_are_durable() {
    let folder = tempfile::tempdir().expect("a folder");
    let db = open(&Settings::sqlite(folder.path().join("a/b/notes.db"))).await;
    let pragmas = async |tx: &sea_orm::DatabaseTransaction| {
        let journal = text(tx, "PRAGMA journal_mode").await;
        let full = text(tx, "PRAGMA synchronous").await;
        Ok((journal, full, text(tx, "PRAGMA foreign_keys").await))
    };
    let pragmas = db.write(pragmas).await.expect("pragmas");
    assert_eq!(pragmas, ("wal".to_owned(), "2".to_owned(), "1".to_owned()));
}

#[tokio::test]
async fn sqlite_files_are_private() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("data/notes.db");
    let db = open(&Settings::sqlite(&path)).await;
    db.write(async |tx| add(tx, 1, "a note").await).await.expect("a note");
    let mode = |name: &str| {
        let file = std::fs::metadata(folder.path().join("data").join(name)).expect("a file");
        file.permissions().mode() & 0o777
    };
    assert_eq!(mode("."), 0o700);
    assert_eq!(["notes.db", "notes.db-wal", "notes.db-shm"].map(mode), [0o600; 3]);
}

#[tokio::test]
async fn sqlite_readers_refuse_writes() {
    let folder = tempfile::tempdir().expect("a folder");
    let db = open(&Settings::sqlite(folder.path().join("notes.db"))).await;
    add(db.reader(), 1, "refused").await.expect_err("only the writer writes");
    assert!(ids(db.reader()).await.is_empty());
}

#[tokio::test]
async fn file_names_may_contain_url_characters() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("100% mine?.db");
    open(&Settings::sqlite(&path)).await;
    assert!(path.exists());
}

#[tokio::test]
async fn error_names_an_unwritable_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("data");
    std::fs::write(&file, "no folder").expect("a file");
    let outcome = Database::open(&Settings::sqlite(file.join("notes.db"))).await;
    let error = outcome.expect_err("a file is no folder");
    assert!(matches!(error, Error::DatabaseUnavailable(_)));
    let text = error.to_string();
    assert!(text.contains("cannot write the SQLite database"), "{text}");
    assert!(text.contains("data/notes.db"), "{text}");
}

#[tokio::test]
async fn a_file_of_another_format_is_an_error() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("notes.db");
    std::fs::write(&path, "something else entirely, and longer than a header".repeat(9))
        .expect("a file");
    assert!(matches!(Database::open(&Settings::sqlite(path)).await, Err(Error::Internal(_))));
}

#[tokio::test]
async fn connect_error_hides_the_password() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    drop(listener);
    let url = format!("postgres://me:secret@127.0.0.1:{port}/notes");
    let settings = Settings {
        url: url.into(),
        acquire_timeout: HumanDuration::from_millis(100),
        ..Settings::default()
    };
    let error = Database::open(&settings).await.expect_err("nobody listens");
    assert!(matches!(error, Error::DatabaseUnavailable(_)));
    let text = error.to_string();
    assert!(text.contains("cannot reach") && text.contains("me:***@"), "{text}");
    assert!(!format!("{error:?}{text}").contains("secret"), "{text}");
}

#[tokio::test]
async fn invalid_settings_are_refused() {
    let settings = Settings { max_connections: 0, ..Settings::default() };
    let error = Database::open(&settings).await.expect_err("a fault");
    assert!(error.to_string().contains("max_connections"));
}

#[tokio::test]
async fn missing_table_is_an_internal_error() {
    on_each(async |settings| {
        let db = Database::open(&settings).await.expect("a database");
        let outcome = db.write(async |tx| {
            use sea_orm::ConnectionTrait as _;
            tx.execute_unprepared("DELETE FROM nothing").await.db()
        });
        assert!(matches!(outcome.await, Err(Error::Internal(_))));
    })
    .await;
}
