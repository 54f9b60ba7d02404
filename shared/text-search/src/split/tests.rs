use super::*;

fn placed_words(text: &str) -> Vec<(String, &str)> {
    let mut places = Vec::new();
    scan_words(text, |word| {
        places.push((word.folded, &text[word.start..word.end]));
        ControlFlow::Continue(())
    });
    places
}

#[test]
fn ignores_case_accents_and_punctuation() {
    assert_eq!(split_words("Café, CAFE\u{301}! (coffee)"), ["cafe", "coffee"]);
    assert_eq!(split_words("ﬁle №5 straße"), ["file", "no5", "straße"]);
    assert_eq!(split_words("İstanbul ΣΊΣΥΦΟΣ"), ["istanbul", "σισυφοσ"]);
}

#[test]
fn splits_ideographs_and_kana() {
    assert_eq!(split_words("牛乳を買う"), ["う", "を", "乳", "牛", "買"]);
    assert_eq!(split_words("3月 x牛y"), ["3", "x", "y", "月", "牛"]);
}

#[test]
fn symbols_are_no_words() {
    assert!(split_words(" – 🥛 … \u{301} ").is_empty());
}

#[test]
fn words_have_ranges_in_the_original_text() {
    let place = |folded: &str, written| (folded.to_owned(), written);
    assert_eq!(
        placed_words("Ein ﬁle, E\u{301}té!"),
        [place("ein", "Ein"), place("file", "ﬁle"), place("ete", "E\u{301}té"),]
    );
    assert_eq!(placed_words("か\u{3099}x"), [place("か", "か\u{3099}"), place("x", "x")]);
    // Several words in one character.
    assert_eq!(placed_words("1½"), [place("11", "1½"), place("2", "½")]);
}

#[test]
fn long_words_are_truncated() {
    let text = format!("{}{}", "é".repeat(64), "x".repeat(9));
    let mut words = Vec::new();
    scan_words(&text, |word| {
        words.push(word);
        ControlFlow::Continue(())
    });
    let [word] = &words[..] else { panic!("one word: {words:?}") };
    assert_eq!(
        (word.folded.as_str(), word.folded_end, word.end),
        ("e".repeat(64).as_str(), 128, 137)
    );
}

#[test]
fn scanning_stops_on_break() {
    let mut seen = 0;
    scan_words("one two three", |_| {
        seen += 1;
        if seen == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert_eq!(seen, 2);
}
