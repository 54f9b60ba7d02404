use proptest::prelude::*;
use unicode_segmentation::UnicodeSegmentation as _;

use super::*;
use crate::split_words;

/// The snippet and its highlighted parts.
fn snippet_of(text: &str, query: &str) -> (String, Vec<String>) {
    let snippet = extract_snippet(text, &split_words(query));
    let chars = snippet.text.chars().collect::<Vec<_>>();
    let marked = snippet.highlights.into_iter().map(|span| chars[span].iter().collect());
    (snippet.text, marked.collect())
}

#[test]
fn a_short_text_is_whole_with_all_matches() {
    let (text, marked) =
        snippet_of("Café au lait? Two CAFE\u{301}S, one cafeteria, no decaf.", "cafe");
    assert_eq!(text, "Café au lait? Two CAFE\u{301}S, one cafeteria, no decaf.");
    assert_eq!(marked, ["Café", "CAFE\u{301}S", "cafeteria"]);
}

#[test]
fn highlights_count_original_characters() {
    assert_eq!(snippet_of("👩‍👩‍👧‍👦 🇩🇪 ﬁle №5 ½ l", "file no").1, ["ﬁle", "№5"]);
    assert_eq!(snippet_of("½ l", "2").1, ["½"]);
    assert_eq!(snippet_of("שלום עולם, مرحبا بالعالم", "עולם مرحبا").1, ["עולם", "مرحبا"]);
    assert_eq!(snippet_of("今日は牛乳を買う", "牛乳").1, ["牛乳"], "adjacent matches are merged");
    assert_eq!(snippet_of("か\u{3099}ない", "が").1, ["か\u{3099}"]);
}

#[test]
fn a_long_text_is_cut_around_the_match() {
    let text = format!("{} needle {}", "hay ".repeat(100), "straw ".repeat(100));
    let (part, marked) = snippet_of(&text, "needle");
    assert!(part.starts_with("hay hay") && part.ends_with("straw"), "{part:?}");
    assert!((150..=LENGTH).contains(&part.chars().count()), "{}", part.chars().count());
    assert_eq!(marked, ["needle"]);
    // Near an end, the other side gets more context.
    let text = format!("{} needle", "hay ".repeat(100));
    let (part, _) = snippet_of(&text, "needle");
    assert!(part.ends_with(" needle") && part.chars().count() > 150, "{part:?}");
}

#[test]
fn text_without_spaces_is_cut_at_graphemes() {
    let text = format!("{}牛{}", "か\u{3099}".repeat(300), "👩‍👩‍👧‍👦".repeat(100));
    let (part, marked) = snippet_of(&text, "牛");
    assert_eq!(marked, ["牛"]);
    assert!(part.starts_with('か') && part.ends_with('👦'), "{part:?}");
    let (part, marked) = snippet_of(&"x".repeat(10_000), "xx");
    assert_eq!((part.len(), marked), (LENGTH, vec!["x".repeat(LENGTH)]));
}

#[test]
fn without_a_match_it_is_the_beginning() {
    let (part, marked) = snippet_of(&"hay ".repeat(100), "needle");
    assert!(part.starts_with("hay") && marked.is_empty());
    assert_eq!(extract_snippet("", &[]), Snippet::default());
}

/// Texts that are hard to cut and to count.
fn odd_text() -> impl Strategy<Value = String> {
    let odd = [
        "a",
        "B",
        "é",
        "e\u{301}",
        "\u{301}",
        "ﬁ",
        "№",
        "½",
        "ﷺ",
        "㌀",
        "İ",
        "ß",
        "한",
        "\u{1112}",
        "牛",
        "か\u{3099}",
        "🥛",
        "👩‍👩‍👧",
        "🇩",
        "\u{200d}",
        "\u{600}",
        "\u{d4e}",
        "क",
        "\u{94d}",
        "ب",
        "ש",
        " ",
        "\n",
        "\r\n",
        "\u{3000}",
        ".",
        "-",
        "7",
    ];
    let odd = proptest::sample::select(odd.to_vec()).prop_map(str::to_owned);
    let any = any::<char>().prop_map(String::from);
    let run = proptest::sample::select(vec!["x", "e\u{301}", "word ", "牛", "\u{301}"]);
    let run = (run, 0..300_usize).prop_map(|(one, count)| one.repeat(count));
    let piece = prop_oneof![12 => odd, 3 => any, 1 => run];
    proptest::collection::vec(piece, 0..120).prop_map(|all| all.concat())
}

/// A text and a query that matches it: the beginning of one of its words.
fn found_text() -> impl Strategy<Value = (String, String)> {
    (odd_text(), any::<prop::sample::Index>(), 1..70_usize).prop_filter_map(
        "a text has words",
        |(text, index, length)| {
            let words = split_words(&text);
            let word = (!words.is_empty()).then(|| index.get(&words))?;
            Some((text.clone(), word.chars().take(length).collect()))
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..Default::default() })]

    #[test]
    fn highlights_match_the_query((text, query) in found_text()) {
        let wanted = split_words(&query);
        let snippet = extract_snippet(&text, &wanted);
        prop_assert!(!snippet.highlights.is_empty());
        let chars = snippet.text.chars().collect::<Vec<_>>();
        let mut before = 0;
        for span in &snippet.highlights {
            prop_assert!(before <= span.start && span.start < span.end && span.end <= chars.len());
            before = span.end + 1;
            let marked = chars[span.clone()].iter().collect::<String>();
            let begins = |word: &String| wanted.iter().any(|wanted| word.starts_with(wanted));
            prop_assert!(split_words(&marked).iter().any(begins), "{:?} for {:?}", marked, wanted);
        }
    }

    #[test]
    fn it_is_a_substring_cut_at_graphemes((text, query) in found_text()) {
        let snippet = extract_snippet(&text, &split_words(&query));
        let borders = text.grapheme_indices(true).map(|(at, _)| at).chain([text.len()]);
        let borders = borders.collect::<std::collections::BTreeSet<_>>();
        let mut places = text.match_indices(&snippet.text);
        let is_whole = |at: usize| borders.contains(&at) && borders.contains(&(at + snippet.text.len()));
        prop_assert!(places.any(|(at, _)| is_whole(at)), "{:?}", snippet.text);
    }
}
