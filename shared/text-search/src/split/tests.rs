use super::*;

fn places(text: &str) -> Vec<(String, &str)> {
    let mut places = Vec::new();
    scan(text, |word| {
        places.push((word.folded, &text[word.start..word.end]));
        ControlFlow::Continue(())
    });
    places
}

#[test]
fn case_accents_and_punctuation_make_no_difference() {
    assert_eq!(split("Café, CAFE\u{301}! (coffee)"), ["cafe", "coffee"]);
    assert_eq!(split("ﬁle №5 straße"), ["file", "no5", "straße"]);
    assert_eq!(split("İstanbul ΣΊΣΥΦΟΣ"), ["istanbul", "σισυφοσ"]);
}

#[test]
fn scripts_without_spaces_are_found_by_character() {
    assert_eq!(split("牛乳を買う"), ["う", "を", "乳", "牛", "買"]);
    assert_eq!(split("3月 x牛y"), ["3", "x", "y", "月", "牛"]);
}

#[test]
fn text_without_letters_has_no_words() {
    assert!(split(" – 🥛 … \u{301} ").is_empty());
}

#[test]
fn every_word_has_its_place_in_the_text_as_it_was_written() {
    let place = |folded: &str, written| (folded.to_owned(), written);
    assert_eq!(
        places("Ein ﬁle, E\u{301}té!"),
        [place("ein", "Ein"), place("file", "ﬁle"), place("ete", "E\u{301}té"),]
    );
    assert_eq!(places("か\u{3099}x"), [place("か", "か\u{3099}"), place("x", "x")]);
    // Several words in one character.
    assert_eq!(places("1½"), [place("11", "1½"), place("2", "½")]);
}

#[test]
fn long_words_are_found_by_their_beginning() {
    let text = format!("{}{}", "é".repeat(64), "x".repeat(9));
    let mut words = Vec::new();
    scan(&text, |word| {
        words.push(word);
        ControlFlow::Continue(())
    });
    let [word] = &words[..] else { panic!("one word: {words:?}") };
    assert_eq!((word.folded.as_str(), word.core, word.end), ("e".repeat(64).as_str(), 128, 137));
}

#[test]
fn reading_ends_when_enough_was_seen() {
    let mut seen = 0;
    scan("one two three", |_| {
        seen += 1;
        if seen == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert_eq!(seen, 2);
}
