//! Questions of the previous reply ("Which task …?", "Shall I delete …?") and the choices that
//! answer them.

use super::mentions::parse_option_line;
use crate::call_replay::TaskMention;
use crate::clause;
use crate::date::Now;
use crate::intent::{Action, Command, Intent, Reference, Target, Topic};
use crate::phrase::Phrase;
use crate::politeness;
use crate::reference;
use crate::responses;
use crate::title_match;
use crate::token;
use crate::wordlist::Wordlist;

/// A question of the previous reply.
pub(super) struct Question {
    action: Action,
    options: Vec<TaskMention>,
    /// Whether "yes" answers it: a confirmation, or a single option.
    accepts_yes: bool,
}

/// Answers that agree.
const YES: Wordlist = Wordlist(
    "yes|y|yep|yeah|yup|sure|ok|okay|confirm|confirmed|go ahead|do it|yes please|please do|\
     yes do it|yes go ahead|yes delete them|yes delete it|delete them|delete it|absolutely|\
     of course|i'm sure|yes i'm sure|definitely|delete them all|yes delete them all|\
     yes delete all",
);

/// Answers that select every option.
const ALL: Wordlist = Wordlist(
    "both|all|all of them|both of them|every one|everything|them all|all three|all of those|\
     each of them|both of those|all of these|each",
);

/// Words before a choice that do not change it.
const PREAMBLES: Wordlist = Wordlist("i mean|i meant|it's|just|only|number|numbers|that's");

/// Finds the questions that the commands caused in the reply.
pub(super) fn find_questions(commands: &[Command], text: &str) -> Vec<Question> {
    let lines: Vec<&str> = text.lines().collect();
    let mut questions = Vec::new();
    for command in commands {
        let Intent::Change(action, target) = &command.intent else { continue };
        for (at, line) in lines.iter().enumerate() {
            let confirm =
                *action == Action::Delete && line.starts_with(responses::DELETION_QUESTION_START);
            if confirm || asks_which(target, line) {
                let options: Vec<TaskMention> =
                    lines[at + 1..].iter().map_while(|line| parse_option_line(line)).collect();
                let accepts_yes = confirm || options.len() == 1;
                questions.push(Question { action: action.clone(), options, accepts_yes });
            }
        }
    }
    questions
}

/// The change of the options that the message selects; `None` if it does not answer the question.
pub(super) fn interpret_choice(question: &Question, message: &str, now: &Now) -> Option<Intent> {
    let tokens = token::tokenize(message);
    let phrase = Phrase::new(message, &tokens);
    let words: Vec<&str> =
        phrase.words().filter(|word| word.chars().any(char::is_alphanumeric)).collect();
    let answer = words.join(" ");
    if ALL.contains(&answer) || (question.accepts_yes && YES.contains(&answer)) {
        return question
            .select_options(question.options.iter().map(|option| option.number).collect());
    }
    let commands = clause::parse_commands(message, now);
    if !commands.iter().all(may_be_choice) {
        return None;
    }
    let Target::Named(references) = reference::parse_target(strip_preamble(phrase), now)? else {
        return None;
    };
    let numbers: Option<Vec<u64>> =
        references.iter().map(|reference| question.resolve_option(reference)).collect();
    question.select_options(numbers?)
}

/// A choice such as "the first one" parses as unclear or as a query.
fn may_be_choice(command: &Command) -> bool {
    matches!(command.intent, Intent::Respond(Topic::Unclear) | Intent::List(_))
}

impl Question {
    /// Applies the action to the tasks; `None` if the question has no options.
    fn select_options(&self, numbers: Vec<u64>) -> Option<Intent> {
        let references: Vec<Reference> = numbers.into_iter().map(Reference::Number).collect();
        let target = Target::Named(references);
        (!self.options.is_empty()).then(|| Intent::Change(self.action.clone(), target))
    }

    /// The task number of the referenced option. A number is always a task number, not a position.
    fn resolve_option(&self, reference: &Reference) -> Option<u64> {
        match reference {
            Reference::Number(number) => {
                self.options.iter().map(|option| option.number).find(|option| option == number)
            }
            Reference::Ordinal(position) => {
                let count = i64::try_from(self.options.len()).ok()?;
                let index = if *position < 0 { count + position } else { position - 1 };
                Some(self.options.get(usize::try_from(index).ok()?)?.number)
            }
            Reference::Title(title) | Reference::JoinedTitles(title, _) => {
                title_match::find_only_match(
                    self.options.iter().map(|o| (o.number, o.title.as_str())),
                    title,
                )
            }
            Reference::It | Reference::Them => None,
        }
    }
}

/// Whether the line asks which task a title of the target means.
fn asks_which(target: &Target, line: &str) -> bool {
    let Target::Named(references) = target else { return false };
    references.iter().any(|reference| match reference {
        Reference::Title(title) => asks_about(title, line),
        Reference::JoinedTitles(whole, parts) => {
            std::iter::once(whole).chain(parts).any(|title| asks_about(title, line))
        }
        _ => false,
    })
}

fn asks_about(title: &str, line: &str) -> bool {
    line == responses::which_task_question(title) || line == responses::did_you_mean_question(title)
}

fn strip_preamble(phrase: Phrase<'_>) -> Phrase<'_> {
    let stripped = politeness::strip_politeness(phrase).rest;
    PREAMBLES.strip_start(stripped).unwrap_or(stripped)
}
