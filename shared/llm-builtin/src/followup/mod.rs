//! Interprets a message in the context of the previous reply: the answer to its question, or new
//! commands whose "it" and "the second one" refer to tasks that it mentioned.

mod mentions;
mod question;

use tandem_llm::Entry;

use crate::clause;
use crate::date::Now;
use crate::details;
use crate::intent::{Command, Intent, Topic};
use crate::phrase::Phrase;
use crate::responses;
use crate::token;
use mentions::last_answer;
pub(super) use mentions::recent_mentions;
use question::{find_questions, interpret_choice};

/// The commands of a message after `history`.
pub(super) fn interpret_message(history: &[Entry], message: &str, now: &Now) -> Vec<Command> {
    interpret_answer(history, message, now).unwrap_or_else(|| clause::parse_commands(message, now))
}

/// The commands of a message that answers a question of the previous reply; `None` if none does.
fn interpret_answer(history: &[Entry], message: &str, now: &Now) -> Option<Vec<Command>> {
    let (asked_at, text) = last_answer(history)?;
    let Entry::User(before) = &history[asked_at] else { return None };
    if !text.contains('?') {
        return None;
    }
    let pending = interpret_message(&history[..asked_at], before, now);
    if text.lines().any(|line| line == responses::TITLE_QUESTION) {
        return interpret_title(&pending, message, now);
    }
    let questions = find_questions(&pending, text);
    let intent = questions.iter().find_map(|question| interpret_choice(question, message, now))?;
    Some(vec![Command { intent, source: message.to_owned() }])
}

/// Takes the message as the requested title, unless it is a command.
fn interpret_title(pending: &[Command], message: &str, now: &Now) -> Option<Vec<Command>> {
    let is_title_pending =
        pending.iter().any(|command| command.intent == Intent::Respond(Topic::NeedTitle));
    let commands = clause::parse_commands(message, now);
    let is_unclear =
        commands.iter().all(|command| command.intent == Intent::Respond(Topic::Unclear));
    let tokens = token::tokenize(message);
    let (task, _) = details::parse_new_task(Phrase::new(message, &tokens), now)?;
    let intent = Intent::Add(vec![task]);
    (is_title_pending && is_unclear).then(|| vec![Command { intent, source: message.to_owned() }])
}
