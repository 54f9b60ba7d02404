//! The bad tokens are bad for the reason they are made for, and the good ones are good.

use tandem_auth::{Scope, Settings, Verifier};
use tandem_error::Unauthenticated::{Expired, Invalid};
use tandem_test_support::{AUDIENCE, Issuer};

fn verifier(issuer: &Issuer) -> Verifier {
    let settings = Settings { trust: vec![issuer.trust(AUDIENCE)], ..Settings::default() };
    Verifier::new(&settings).expect("good settings")
}

#[test]
fn good_tokens_are_accepted() {
    let issuer = Issuer::new();
    let verifier = verifier(&issuer);
    let caller = verifier.verify(&issuer.token("ada")).expect("a good token");
    assert_eq!(caller.owner().as_str(), "ada");
    assert!(
        caller.has_scope(Scope::Chat)
            && caller.has_scope(Scope::Tasks)
            && !caller.has_scope(Scope::Admin)
    );
    let admin = issuer.with_scopes("ada", &[Scope::Admin]);
    let admin = verifier.verify(&admin).expect("a good token");
    assert!(admin.has_scope(Scope::Admin) && !admin.has_scope(Scope::Tasks));
}

#[test]
fn bad_tokens_are_refused_for_what_is_bad_about_them() {
    let issuer = Issuer::new();
    let verifier = verifier(&issuer);
    let table = [
        (issuer.expired("ada"), Expired),
        (issuer.for_audience("ada", "elsewhere"), Invalid("audience")),
        (issuer.unsigned("ada"), Invalid("algorithm")),
        (issuer.hs256_confused("ada"), Invalid("algorithm")),
        (Issuer::new().token("ada"), Invalid("signature")),
    ];
    for (token, expected) in table {
        assert_eq!(verifier.verify(&token).err(), Some(expected));
    }
}
