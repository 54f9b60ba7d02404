//! Boundaries between commands.

use super::super::tests::monday;
use super::{Intent, parse_commands};

/// The source text of each command.
fn split(message: &str) -> Vec<String> {
    parse_commands(message, &monday()).into_iter().map(|command| command.source).collect()
}

#[test]
fn verb_after_conjunction_splits() {
    assert_eq!(
        split("add milk, complete 2 and show my list"),
        ["add milk", "complete 2", "show my list"]
    );
    assert_eq!(split("add milk\ndelete 3; tasks"), ["add milk", "delete 3", "tasks"]);
    assert_eq!(split("add milk. then delete 3"), ["add milk", "delete 3"]);
}

#[test]
fn other_words_extend_the_command() {
    assert_eq!(split("add eggs, bread and butter"), ["add eggs, bread and butter"]);
    assert_eq!(split("complete 1, 2, and 3"), ["complete 1, 2, and 3"]);
    assert_eq!(split("add call Dr. Lee at 5 p.m. sharp"), ["add call Dr. Lee at 5 p.m. sharp"]);
    assert_eq!(split("add \"x, then delete 3\""), ["add \"x, then delete 3\""]);
}

#[test]
fn reminder_continues_after_and() {
    assert_eq!(split("remind me to call mom and delete the photos").len(), 1);
    assert_eq!(split("remind me to call mom and delete 3").len(), 2);
}

#[test]
fn list_items_are_literal_titles() {
    let commands =
        parse_commands("add these:\n- delete all\n2. x\n- rename 1 to y\nshow my list", &monday());
    let added = commands.iter().filter(|command| matches!(command.intent, Intent::Add(_))).count();
    assert_eq!((commands.len(), added), (4, 3));
}

#[test]
fn modality_covers_later_clauses() {
    for message in ["what if I add milk and delete 3?", "don't delete 1 and 2, complete 3 or add x"]
    {
        let commands = parse_commands(message, &monday());
        assert!(
            commands.iter().all(|command| matches!(command.intent, Intent::Respond(_))),
            "{message}"
        );
    }
}
