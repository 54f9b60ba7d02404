//! TLS to PostgreSQL follows `sslmode` in the URL.

use std::path::Path;

use sea_orm::{ConnectionTrait as _, DbBackend, Statement};
use tandem_config::HumanDuration;
use tandem_database::{Database, Settings};
use tandem_error::Error;
use tandem_test_support::postgres::Server;

/// Creates a self-signed certificate for 127.0.0.1 in the server's folder.
const CERTIFICATE: &str = "COPY (SELECT 1) TO PROGRAM 'openssl req -x509 -nodes -days 2 \
    -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -subj /CN=tandem-test \
    -addext basicConstraints=critical,CA:FALSE -addext subjectAltName=IP:127.0.0.1 \
    -keyout server.key -out server.crt 2>/dev/null </dev/null && chmod 600 server.key'";

async fn open(url: &str, query: &str) -> Result<Database, Error> {
    let settings = Settings {
        url: format!("{url}?{query}").as_str().into(),
        acquire_timeout: HumanDuration::from_millis(2_000),
        ..Settings::default()
    };
    Database::open(&settings).await
}

/// The single text that a query returns.
async fn ask(db: &Database, sql: &str) -> String {
    let query = Statement::from_string(DbBackend::Postgres, sql);
    let row = db.reader().query_one_raw(query).await.expect("an answer").expect("a row");
    row.try_get_by_index(0).expect("a text")
}

async fn is_encrypted(db: &Database) -> bool {
    let sql = "SELECT ssl::text FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    ask(db, sql).await == "true"
}

async fn execute(db: &Database, sql: &str) {
    db.reader().execute_unprepared(sql).await.expect("a statement");
}

#[tokio::test]
async fn sslmode_selects_encryption() {
    let Some(server) = Server::start() else { return };
    let url = server.database();
    // The server has no TLS: a connection that requires it fails.
    let refused = open(&url, "sslmode=require").await.expect_err("no TLS");
    assert!(matches!(refused, Error::DatabaseUnavailable(_)), "{refused:?}");
    let plain = open(&url, "sslmode=prefer").await.expect("without TLS");
    assert!(!is_encrypted(&plain).await);

    execute(&plain, CERTIFICATE).await;
    let certificate = ask(&plain, "SELECT pg_read_file('server.crt')").await;
    execute(&plain, "ALTER SYSTEM SET ssl = on").await;
    plain.close().await;
    server.stop();
    server.resume();

    let off = open(&url, "sslmode=disable").await.expect("without TLS");
    let on = open(&url, "sslmode=require").await.expect("with TLS");
    assert_eq!((is_encrypted(&off).await, is_encrypted(&on).await), (false, true));

    let folder = tempfile::tempdir().expect("a temporary folder");
    let trusted = folder.path().join("root.pem");
    std::fs::write(&trusted, certificate).expect("a file");
    let verify = |root: &Path| format!("sslmode=verify-full&sslrootcert={}", root.display());
    let verified = open(&url, &verify(&trusted)).await.expect("the certificate is trusted");
    assert!(is_encrypted(&verified).await);
    // The certificate is untrusted if only the machine's authorities are trusted.
    let refused = open(&url, "sslmode=verify-full").await.expect_err("nobody vouches for it");
    assert!(matches!(refused, Error::DatabaseUnavailable(_)), "{refused:?}");
}
