use proptest::prelude::*;
use unicode_segmentation::UnicodeSegmentation as _;

use super::*;
use crate::split;

/// A snippet, and what is highlighted in it.
fn shown(text: &str, query: &str) -> (String, Vec<String>) {
    let snippet = snippet(text, &split(query));
    let chars = snippet.text.chars().collect::<Vec<_>>();
    let marked = snippet.highlights.into_iter().map(|span| chars[span].iter().collect());
    (snippet.text, marked.collect())
}

#[test]
fn a_short_text_is_shown_whole_with_every_word_found() {
    let (text, marked) = shown("Café au lait? Two CAFE\u{301}S, one cafeteria, no decaf.", "cafe");
    assert_eq!(text, "Café au lait? Two CAFE\u{301}S, one cafeteria, no decaf.");
    assert_eq!(marked, ["Café", "CAFE\u{301}S", "cafeteria"]);
}

#[test]
fn characters_that_are_several_or_none_when_looked_for_are_counted_as_written() {
    assert_eq!(shown("👩‍👩‍👧‍👦 🇩🇪 ﬁle №5 ½ l", "file no").1, ["ﬁle", "№5"]);
    assert_eq!(shown("½ l", "2").1, ["½"]);
    assert_eq!(shown("שלום עולם, مرحبا بالعالم", "עולם مرحبا").1, ["עולם", "مرحبا"]);
    assert_eq!(shown("今日は牛乳を買う", "牛乳").1, ["牛乳"], "what touches is one");
    assert_eq!(shown("か\u{3099}ない", "が").1, ["か\u{3099}"]);
}

#[test]
fn a_long_text_is_cut_between_words_around_the_first_one_found() {
    let text = format!("{} needle {}", "hay ".repeat(100), "straw ".repeat(100));
    let (part, marked) = shown(&text, "needle");
    assert!(part.starts_with("hay hay") && part.ends_with("straw"), "{part:?}");
    assert!((150..=LENGTH).contains(&part.chars().count()), "{}", part.chars().count());
    assert_eq!(marked, ["needle"]);
    // Near an end, the other side gets the room.
    let text = format!("{} needle", "hay ".repeat(100));
    let (part, _) = shown(&text, "needle");
    assert!(part.ends_with(" needle") && part.chars().count() > 150, "{part:?}");
}

#[test]
fn a_text_without_spaces_is_cut_between_characters() {
    let text = format!("{}牛{}", "か\u{3099}".repeat(300), "👩‍👩‍👧‍👦".repeat(100));
    let (part, marked) = shown(&text, "牛");
    assert_eq!(marked, ["牛"]);
    assert!(part.starts_with('か') && part.ends_with('👦'), "{part:?}");
    let (part, marked) = shown(&"x".repeat(10_000), "xx");
    assert_eq!((part.len(), marked), (LENGTH, vec!["x".repeat(LENGTH)]));
}

#[test]
fn without_a_word_found_the_beginning_is_shown() {
    let (part, marked) = shown(&"hay ".repeat(100), "needle");
    assert!(part.starts_with("hay") && marked.is_empty());
    assert_eq!(snippet("", &[]), Snippet::default());
}

/// Texts of what is easily cut or counted wrong.
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

/// A text, and a query that finds it: the beginning of one of its words.
fn found_text() -> impl Strategy<Value = (String, String)> {
    (odd_text(), any::<prop::sample::Index>(), 1..70_usize).prop_filter_map(
        "a text has words",
        |(text, index, length)| {
            let words = split(&text);
            let word = (!words.is_empty()).then(|| index.get(&words))?;
            Some((text.clone(), word.chars().take(length).collect()))
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..Default::default() })]

    #[test]
    fn what_is_highlighted_is_what_was_looked_for((text, query) in found_text()) {
        let wanted = split(&query);
        let snippet = snippet(&text, &wanted);
        prop_assert!(!snippet.highlights.is_empty());
        let chars = snippet.text.chars().collect::<Vec<_>>();
        let mut before = 0;
        for span in &snippet.highlights {
            prop_assert!(before <= span.start && span.start < span.end && span.end <= chars.len());
            before = span.end + 1;
            let marked = chars[span.clone()].iter().collect::<String>();
            let begins = |word: &String| wanted.iter().any(|wanted| word.starts_with(wanted));
            prop_assert!(split(&marked).iter().any(begins), "{:?} for {:?}", marked, wanted);
        }
    }

    #[test]
    fn a_snippet_is_a_part_of_its_text_cut_between_characters((text, query) in found_text()) {
        let snippet = snippet(&text, &split(&query));
        let borders = text.grapheme_indices(true).map(|(at, _)| at).chain([text.len()]);
        let borders = borders.collect::<std::collections::BTreeSet<_>>();
        let mut places = text.match_indices(&snippet.text);
        let is_whole = |at: usize| borders.contains(&at) && borders.contains(&(at + snippet.text.len()));
        prop_assert!(places.any(|(at, _)| is_whole(at)), "{:?}", snippet.text);
    }
}
