//! Reads a message in the light of those before it: answers to the model's own questions, and what
//! "it" and "the second one" point to.

use super::call_replay::TaskMention;
use super::clause;
use super::command::{Action, Command, Intent, Reference, Target, Topic};
use super::date::Now;
use super::details;
use super::modality;
use super::phrase::Phrase;
use super::reference;
use super::resolve;
use super::responses;
use super::token;
use super::wordlist::Wordlist;
use tandem_llm::Entry;

/// A question of the model that the message may answer.
struct Question {
    action: Action,
    options: Vec<TaskMention>,
    /// Whether "yes" answers it: it asked to confirm, or there is only one option.
    confirm: bool,
}

/// Agreement.
const YES: Wordlist = Wordlist(
    "yes|y|yep|yeah|yup|sure|ok|okay|confirm|confirmed|go ahead|do it|yes please|please do|\
     yes do it|yes go ahead|yes delete them|yes delete it|delete them|delete it|absolutely|\
     of course|i'm sure|yes i'm sure|definitely|delete them all|yes delete them all|\
     yes delete all",
);
/// Every option.
const ALL: Wordlist = Wordlist(
    "both|all|all of them|both of them|every one|everything|them all|all three|all of those|\
     each of them|both of those|all of these|each",
);
/// Words before a choice.
const PREAMBLES: Wordlist = Wordlist("i mean|i meant|it's|just|only|number|numbers|that's");

/// The commands of the message that follows `history`.
pub(super) fn interpret_message(history: &[Entry], message: &str, now: &Now) -> Vec<Command> {
    interpret_answer(history, message, now).unwrap_or_else(|| clause::parse_commands(message, now))
}

/// The tasks that the model spoke of last.
pub(super) fn recent_mentions(history: &[Entry]) -> Vec<TaskMention> {
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

/// The commands of a message that answers a question; `None` if it answers none.
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

/// The title that was asked for, unless the message is something else.
fn interpret_title(pending: &[Command], message: &str, now: &Now) -> Option<Vec<Command>> {
    let waiting = pending.iter().any(|command| command.intent == Intent::Respond(Topic::NeedTitle));
    let commands = clause::parse_commands(message, now);
    let plain = commands.iter().all(|command| command.intent == Intent::Respond(Topic::Unclear));
    let tokens = token::tokenize(message);
    let (task, _) = details::parse_new_task(Phrase::new(message, &tokens), now)?;
    let intent = Intent::Add(vec![task]);
    (waiting && plain).then(|| vec![Command { intent, source: message.to_owned() }])
}

/// The questions of the text that the commands led to.
fn find_questions(commands: &[Command], text: &str) -> Vec<Question> {
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
                let confirm = confirm || options.len() == 1;
                questions.push(Question { action: action.clone(), options, confirm });
            }
        }
    }
    questions
}

fn asks_which(target: &Target, line: &str) -> bool {
    let Target::Named(references) = target else { return false };
    let asks = |title: &String| {
        line == responses::which_task_question(title)
            || line == responses::did_you_mean_question(title)
    };
    references.iter().any(|reference| match reference {
        Reference::Title(title) => asks(title),
        Reference::JoinedTitles(whole, parts) => std::iter::once(whole).chain(parts).any(asks),
        _ => false,
    })
}

/// What the message does with the options of the question; `None` if it is no answer to it.
fn interpret_choice(question: &Question, message: &str, now: &Now) -> Option<Intent> {
    let tokens = token::tokenize(message);
    let phrase = Phrase::new(message, &tokens);
    let words: Vec<&str> =
        phrase.words().filter(|word| word.chars().any(char::is_alphanumeric)).collect();
    let source = words.join(" ");
    if ALL.contains(&source) || (question.confirm && YES.contains(&source)) {
        return question
            .select_options(question.options.iter().map(|option| option.number).collect());
    }
    let commands = clause::parse_commands(message, now);
    let open = |command: &Command| {
        matches!(command.intent, Intent::Respond(Topic::Unclear) | Intent::List(_))
    };
    if !commands.iter().all(open) {
        return None;
    }
    let Target::Named(references) = reference::parse_target(without_preamble(phrase), now)? else {
        return None;
    };
    let numbers: Option<Vec<u64>> =
        references.iter().map(|reference| question.resolve_option(reference)).collect();
    question.select_options(numbers?)
}

impl Question {
    fn select_options(&self, numbers: Vec<u64>) -> Option<Intent> {
        let references: Vec<Reference> = numbers.into_iter().map(Reference::Number).collect();
        let target = Target::Named(references);
        (!self.options.is_empty()).then(|| Intent::Change(self.action.clone(), target))
    }

    /// The number of the option that is meant. A number is the number of a task, never a place.
    fn resolve_option(&self, reference: &Reference) -> Option<u64> {
        match reference {
            Reference::Number(number) => {
                self.options.iter().map(|option| option.number).find(|option| option == number)
            }
            Reference::Ordinal(place) => {
                let count = i64::try_from(self.options.len()).ok()?;
                let index = if *place < 0 { count + place } else { place - 1 };
                Some(self.options.get(usize::try_from(index).ok()?)?.number)
            }
            Reference::Title(title) | Reference::JoinedTitles(title, _) => {
                resolve::find_only_match(
                    self.options.iter().map(|o| (o.number, o.title.as_str())),
                    title,
                )
            }
            Reference::It | Reference::Them => None,
        }
    }
}

fn without_preamble(phrase: Phrase<'_>) -> Phrase<'_> {
    let stripped = modality::strip_politeness(phrase).rest;
    PREAMBLES.strip_start(stripped).unwrap_or(stripped)
}

/// Where the last message of the user is, and what the model said after it.
fn last_answer(history: &[Entry]) -> Option<(usize, &str)> {
    let at = history.iter().rposition(|entry| matches!(entry, Entry::User(_)))?;
    let text = history[at..].iter().rev().find_map(|entry| match entry {
        Entry::Assistant { text, .. } if !text.is_empty() => Some(text.as_str()),
        _ => None,
    })?;
    Some((at, text))
}

/// The task of a line: `3: buy milk`, or the first "task 3" of a sentence.
fn parse_mention(line: &str) -> Option<TaskMention> {
    parse_option_line(line).or_else(|| {
        let before_title = line.split('"').next().unwrap_or_default();
        let mut words = before_title.split(|c: char| !c.is_alphanumeric());
        words.find(|word| word.eq_ignore_ascii_case("task"))?;
        let title = line.split('"').nth(1).unwrap_or_default().to_owned();
        Some(TaskMention { number: words.next()?.parse().ok()?, title })
    })
}

fn parse_option_line(line: &str) -> Option<TaskMention> {
    let (number, title) = line.split_once(": ")?;
    Some(TaskMention { number: number.parse().ok()?, title: title.to_owned() })
}
