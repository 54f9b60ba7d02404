//! An address that is already in use.

use std::time::Duration;

use tandem_server::bind;
use tokio::net::TcpListener;
use tokio::time::{sleep, timeout};

// Paused time: the waits pass at once.
#[tokio::test(start_paused = true)]
async fn address_in_use_names_the_setting() {
    let first = bind(([127, 0, 0, 1], 0).into()).await.expect("a free port");
    let address = first.local_addr().expect("a bound address");
    let error = bind(address).await.expect_err("the port is taken");
    assert!(error.starts_with(&format!("address {address} is already in use")), "{error}");
    assert!(error.ends_with("(setting server.listen)"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn address_that_becomes_free_is_bound() {
    let first = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = first.local_addr().expect("a bound address");
    let end = async {
        sleep(Duration::from_secs(3)).await;
        drop(first);
    };
    let (bound, ()) = tokio::join!(timeout(Duration::from_secs(60), bind(address)), end);
    bound.expect("in time").expect("a listener");
}
