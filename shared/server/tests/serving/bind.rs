//! An address that is already in use.

use tandem_server::bind;

#[tokio::test]
async fn address_in_use_names_the_setting() {
    let first = bind(([127, 0, 0, 1], 0).into()).await.expect("a free port");
    let address = first.local_addr().expect("a bound address");
    let error = bind(address).await.expect_err("the port is taken");
    assert_eq!(error, format!("address {address} is already in use (setting server.listen)"));
}
