use proptest::prelude::*;
use prost_types::Timestamp;

use super::*;

fn context(filter: i64) -> PageTokenContext {
    context_of(b"a secret", "List", "alice", filter)
}

fn context_of(secret: &[u8], method: &str, owner: &str, filter: i64) -> PageTokenContext {
    let request = Timestamp { seconds: filter, nanos: 0 };
    PageTokenContext::new(&PageTokenKey::new(secret), method, owner, &request)
}

#[test]
fn sizes_have_a_default_and_a_largest() {
    assert_eq!([0, 1, 1000, 1001, i32::MAX].map(|n| size(n, 50, 1000)), [50, 1, 1000, 1000, 1000]);
}

#[test]
fn page_is_cut_to_size_and_bytes() {
    let cut =
        |mut items: Vec<usize>, size| (truncate_page(&mut items, size, |it| *it), items.len());
    assert_eq!(cut(vec![], 2), (false, 0));
    assert_eq!(cut(vec![1, 1], 2), (false, 2));
    assert_eq!(cut(vec![1, 1, 1], 2), (true, 2));
    assert_eq!(cut(vec![MAX_PAGE_BYTES - 1, 1], 2), (false, 2));
    assert_eq!(cut(vec![MAX_PAGE_BYTES - 1, 2, 1], 2), (true, 1));
    assert_eq!(cut(vec![MAX_PAGE_BYTES + 1, 1], 2), (true, 1));
}

#[test]
fn token_holds_for_its_context_only() {
    let position = Timestamp { seconds: 7, nanos: 9 };
    let token = context(1).encode(&position);
    assert_eq!(context(1).decode_page_token(&token).expect("valid"), Some(position));
    for other in [
        context(2),
        context_of(b"a secret", "Find", "alice", 1),
        context_of(b"a secret", "List", "bob", 1),
        context_of(b"another secret", "List", "alice", 1),
    ] {
        assert!(matches!(other.decode_page_token::<Timestamp>(&token), Err(Error::Invalid(_))));
    }
}

#[test]
fn every_changed_bit_is_refused() {
    let token = context(1).encode(&Timestamp { seconds: 7, nanos: 9 });
    let bytes = URL_SAFE_NO_PAD.decode(&token).expect("base64");
    for bit in 0..bytes.len() * 8 {
        let mut forged = bytes.clone();
        forged[bit / 8] ^= 1 << (bit % 8);
        let forged = URL_SAFE_NO_PAD.encode(forged);
        assert!(context(1).decode_page_token::<Timestamp>(&forged).is_err(), "bit {bit}");
    }
    for length in 1..token.len() {
        let cut = &token[..length];
        assert!(context(1).decode_page_token::<Timestamp>(cut).is_err(), "{length} characters");
    }
}

#[test]
fn secrets_are_random_and_not_shown() {
    let [one, other] = [(); 2].map(|()| PageTokenKey::random_secret().expect("randomness"));
    assert_ne!(one, other);
    assert_eq!(format!("{:?}", PageTokenKey::new(&one)), "PageTokenKey(***)");
}

proptest! {
    #[test]
    fn no_string_is_mistaken_for_a_token(token in "\\PC{1,64}") {
        prop_assert!(context(1).decode_page_token::<Timestamp>(&token).is_err());
    }
}
