//! The audit log contains every rejection and no token.

use std::cell::RefCell;
use std::convert::Infallible;
use std::io::{Result, Write};
use std::net::SocketAddr;
use std::sync::{Arc, Once};

use http::{Request, Response};
use serde_json::json;
use tandem_auth::{AuthLayer, Policy, Scope};
use tonic::body::Body;
use tonic::transport::server::TcpConnectInfo;
use tower::{Layer as _, ServiceExt as _, service_fn};

use crate::support::{NOW, manual_clock, pair, signed, trust, verifier, with};

thread_local! {
    /// The log of this test.
    static LOG: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Writes to the log of the test that runs on this thread.
struct Here;

impl Write for Here {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        LOG.with_borrow_mut(|log| log.write(bytes))
    }

    fn flush(&mut self) -> Result<()> {
        Ok(())
    }
}

/// Starts an empty log. All tests share one subscriber that is never replaced: with one per test, a callsite
/// first used while another test starts might stay disabled.
fn listen() {
    static SUBSCRIBER: Once = Once::new();
    SUBSCRIBER.call_once(|| {
        let log = tracing_subscriber::fmt().with_ansi(false).with_writer(|| Here);
        log.with_max_level(tracing::Level::TRACE).init();
    });
    tracing::callsite::rebuild_interest_cache();
    LOG.take();
}

/// Sends a token through the layer and returns what was logged meanwhile.
async fn logged(layer: &AuthLayer, token: Option<&str>, path: &str) -> String {
    listen();
    let remote_addr: Option<SocketAddr> = "192.0.2.7:4711".parse().ok();
    let mut request = Request::builder().uri(path);
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let mut request = request.body(Body::default()).expect("a request");
    request.extensions_mut().insert(TcpConnectInfo { local_addr: None, remote_addr });
    let service = service_fn(|_| async { Ok::<_, Infallible>(Response::new(Body::default())) });
    layer.layer(service).oneshot(request).await.expect("an answer");
    String::from_utf8(LOG.take()).expect("text")
}

#[tokio::test]
async fn rejections_are_logged_without_the_token() {
    let pair = pair();
    let verifier = Arc::new(verifier(vec![trust(&pair)], &manual_clock()));
    let policy = Policy::deny_by_default().require("tandem.task.v1.TaskService", Scope::Tasks);
    let layer = AuthLayer::new(verifier, policy);
    let path = "/tandem.task.v1.TaskService/GetTask";
    let table = [
        (None, r#"kind="missing""#),
        (Some("canary.canary.canary".to_owned()), r#"kind="malformed""#),
        (Some(signed(&pair, &with(json!({"exp": NOW - 60})))), r#"kind="expired""#),
        (Some(signed(&pair, &with(json!({"sub": null})))), r#"kind="subject""#),
        (Some(signed(&self::pair(), &with(json!({})))), r#"kind="signature""#),
        (Some(signed(&pair, &with(json!({"scope": "chat"})))), r#"user.id="ada""#),
    ];
    for (token, expected) in table {
        let text = logged(&layer, token.as_deref(), path).await;
        for part in [expected, "audit", path, "192.0.2.7:4711"] {
            assert!(text.contains(part), "{part} is not in {text}");
        }
        let secret =
            token.iter().flat_map(|token| token.split('.')).find(|part| text.contains(part));
        assert_eq!(secret, None, "{text}");
    }
    let good = signed(&pair, &with(json!({})));
    assert_eq!(logged(&layer, Some(&good), path).await, "", "an accepted call is not logged");
}

#[tokio::test]
async fn long_paths_are_truncated() {
    let pair = pair();
    let verifier = Arc::new(verifier(vec![trust(&pair)], &manual_clock()));
    let layer = AuthLayer::new(verifier, Policy::deny_by_default());
    let text = logged(&layer, None, &format!("/{}", "x".repeat(5000))).await;
    assert!(text.contains("missing") && text.len() < 500, "{} bytes", text.len());
}
