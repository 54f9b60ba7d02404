//! Priorities in English: "high priority", "priority: low", "urgent", "p1".

use super::phrase::Phrase;
use super::wordlist::Wordlist;

/// The priority of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Priority {
    Low,
    Medium,
    High,
}

impl Priority {
    /// The name in tool arguments and replies.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// Levels that need a noun: "high priority".
const LEVELS: &[(&str, Option<Priority>)] = &[
    ("high", Some(Priority::High)),
    ("higher", Some(Priority::High)),
    ("highest", Some(Priority::High)),
    ("top", Some(Priority::High)),
    ("medium", Some(Priority::Medium)),
    ("normal", Some(Priority::Medium)),
    ("mid", Some(Priority::Medium)),
    ("low", Some(Priority::Low)),
    ("lower", Some(Priority::Low)),
    ("lowest", Some(Priority::Low)),
    ("no", None),
    ("none", None),
];

/// Words that set a priority without a noun.
const ALONE: &[(&str, Priority)] = &[
    ("urgent", Priority::High),
    ("urgently", Priority::High),
    ("important", Priority::High),
    ("critical", Priority::High),
    ("high-priority", Priority::High),
    ("medium-priority", Priority::Medium),
    ("low-priority", Priority::Low),
    ("asap", Priority::High),
    ("p1", Priority::High),
    ("p2", Priority::Medium),
    ("p3", Priority::Low),
    ("!high", Priority::High),
    ("!medium", Priority::Medium),
    ("!low", Priority::Low),
];

/// Nouns for priority.
const NOUNS: Wordlist = Wordlist("priority|prio|importance");
/// Words before a priority.
const LEADS: Wordlist = Wordlist("with|at|as|of|a|the|very|its|set|to|is");

/// Parses a priority with a noun or a standalone word; `Some(None)` is "no priority".
pub(super) fn parse_marked_priority(phrase: Phrase<'_>) -> Option<Option<Priority>> {
    let words: Vec<&str> = phrase.words().skip_while(|word| LEADS.contains(word)).collect();
    match words[..] {
        [word] => find_standalone(word).map(Some),
        [word, noun] if NOUNS.contains(noun) => find_level(word),
        [noun, word] | [noun, ":" | "=" | "is" | "to", word] if NOUNS.contains(noun) => {
            find_level(word)
        }
        _ => None,
    }
}

/// Parses a priority in a place where one is expected: "high" suffices.
pub(super) fn parse_priority_value(phrase: Phrase<'_>) -> Option<Option<Priority>> {
    let words: Vec<&str> = phrase.words().skip_while(|word| LEADS.contains(word)).collect();
    let bare = if let [word] = words[..] { find_level(word) } else { None };
    bare.or_else(|| parse_marked_priority(phrase))
}

fn find_level(word: &str) -> Option<Option<Priority>> {
    let named = LEVELS.iter().find(|(name, _)| *name == word).map(|(_, level)| *level);
    named.or_else(|| find_standalone(word).map(Some))
}

fn find_standalone(word: &str) -> Option<Priority> {
    ALONE.iter().find(|(name, _)| *name == word).map(|(_, level)| *level)
}
