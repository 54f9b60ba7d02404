//! Parses the tasks that a reply mentions from its text.

use tandem_llm::Entry;

use crate::call_replay::TaskMention;

/// The tasks that the previous reply mentions, in order and without duplicates.
pub(crate) fn recent_mentions(history: &[Entry]) -> Vec<TaskMention> {
    let mut mentions: Vec<TaskMention> = Vec::new();
    for mention in last_answer(history)
        .into_iter()
        .flat_map(|(_, text)| text.lines())
        .filter_map(parse_mention)
    {
        if mentions.iter().all(|known| known.number != mention.number) {
            mentions.push(mention);
        }
    }
    mentions
}

/// The index of the last message of the user, and the reply to it.
pub(super) fn last_answer(history: &[Entry]) -> Option<(usize, &str)> {
    let at = history.iter().rposition(|entry| matches!(entry, Entry::User(_)))?;
    let text = history[at..].iter().rev().find_map(|entry| match entry {
        Entry::Assistant { text, .. } if !text.is_empty() => Some(text.as_str()),
        _ => None,
    })?;
    Some((at, text))
}

/// Parses the task of a line: `3: buy milk`, or the first "task 3" of a sentence.
fn parse_mention(line: &str) -> Option<TaskMention> {
    parse_option_line(line).or_else(|| {
        let before_title = line.split('"').next().unwrap_or_default();
        let mut words = before_title.split(|c: char| !c.is_alphanumeric());
        words.find(|word| word.eq_ignore_ascii_case("task"))?;
        let title = line.split('"').nth(1).unwrap_or_default().to_owned();
        Some(TaskMention { number: words.next()?.parse().ok()?, title })
    })
}

/// Parses a line `3: buy milk`.
pub(super) fn parse_option_line(line: &str) -> Option<TaskMention> {
    let (number, title) = line.split_once(": ")?;
    Some(TaskMention { number: number.parse().ok()?, title: title.to_owned() })
}
