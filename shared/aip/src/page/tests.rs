use proptest::prelude::*;
use prost_types::Timestamp;

use super::*;

fn scope(filter: i64) -> Scope {
    Scope::of("List", "alice", &Timestamp { seconds: filter, nanos: 0 })
}

#[test]
fn sizes_have_a_default_and_a_largest() {
    assert_eq!([0, 1, 1000, 1001, i32::MAX].map(|n| size(n, 50, 1000)), [50, 1, 1000, 1000, 1000]);
}

#[test]
fn a_page_is_cut_to_its_size_or_to_what_fits_into_a_message() {
    let cut = |mut items: Vec<usize>, size| (cut(&mut items, size, |bytes| *bytes), items.len());
    assert_eq!(cut(vec![], 2), (false, 0));
    assert_eq!(cut(vec![1, 1], 2), (false, 2));
    assert_eq!(cut(vec![1, 1, 1], 2), (true, 2));
    assert_eq!(cut(vec![BYTES - 1, 1], 2), (false, 2));
    assert_eq!(cut(vec![BYTES - 1, 2, 1], 2), (true, 1));
    assert_eq!(cut(vec![BYTES + 1, 1], 2), (true, 1));
}

#[test]
fn a_token_holds_only_for_what_it_was_given_with() {
    let position = Timestamp { seconds: 7, nanos: 9 };
    let token = scope(1).token(&position);
    assert_eq!(scope(1).position(&token).expect("valid"), Some(position));
    let filter = Timestamp { seconds: 1, nanos: 0 };
    let others = [scope(2), Scope::of("Find", "alice", &filter), Scope::of("List", "bob", &filter)];
    for other in others {
        assert!(matches!(other.position::<Timestamp>(&token), Err(Error::Invalid(_))));
    }
}

proptest! {
    #[test]
    fn no_string_is_mistaken_for_a_token(token in "\\PC{1,64}") {
        prop_assert!(scope(1).position::<Timestamp>(&token).is_err());
    }
}
