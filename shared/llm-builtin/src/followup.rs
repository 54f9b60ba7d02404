//! Reads a message in the light of those before it: answers to the model's own questions, and what
//! "it" and "the second one" point to.

use super::clause;
use super::command::{Action, Command, Deed, Reference, Target, Topic};
use super::date::Now;
use super::details;
use super::mood;
use super::phrase::Phrase;
use super::reference;
use super::resolve;
use super::run::Mention;
use super::token;
use super::wording;
use super::wordlist::Wordlist;
use tandem_llm::Entry;

/// A question of the model that the message may answer.
struct Question {
    action: Action,
    options: Vec<Mention>,
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
pub(super) fn understand(history: &[Entry], message: &str, now: &Now) -> Vec<Command> {
    answer(history, message, now).unwrap_or_else(|| clause::read(message, now))
}

/// The tasks that the model spoke of last.
pub(super) fn mentions(history: &[Entry]) -> Vec<Mention> {
    let mut mentions: Vec<Mention> = Vec::new();
    for mention in
        last_answer(history).into_iter().flat_map(|(_, text)| text.lines()).filter_map(mention)
    {
        if mentions.iter().all(|known| known.number != mention.number) {
            mentions.push(mention);
        }
    }
    mentions
}

/// The commands of a message that answers a question; `None` if it answers none.
fn answer(history: &[Entry], message: &str, now: &Now) -> Option<Vec<Command>> {
    let (asked_at, text) = last_answer(history)?;
    let Entry::User(before) = &history[asked_at] else { return None };
    if !text.contains('?') {
        return None;
    }
    let pending = understand(&history[..asked_at], before, now);
    if text.lines().any(|line| line == wording::NEED_TITLE) {
        return title(&pending, message, now);
    }
    let questions = questions(&pending, text);
    let deed = questions.iter().find_map(|question| choice(question, message, now))?;
    Some(vec![Command { deed, said: message.to_owned() }])
}

/// The title that was asked for, unless the message is something else.
fn title(pending: &[Command], message: &str, now: &Now) -> Option<Vec<Command>> {
    let waiting = pending.iter().any(|command| command.deed == Deed::Say(Topic::NeedTitle));
    let commands = clause::read(message, now);
    let plain = commands.iter().all(|command| command.deed == Deed::Say(Topic::Unclear));
    let tokens = token::cut(message);
    let (task, _) = details::read(Phrase::new(message, &tokens), now)?;
    let deed = Deed::Add(vec![task]);
    (waiting && plain).then(|| vec![Command { deed, said: message.to_owned() }])
}

/// The questions of the text that the commands led to.
fn questions(commands: &[Command], text: &str) -> Vec<Question> {
    let lines: Vec<&str> = text.lines().collect();
    let mut questions = Vec::new();
    for command in commands {
        let Deed::Change(action, target) = &command.deed else { continue };
        for (at, line) in lines.iter().enumerate() {
            let confirm = *action == Action::Delete && line.starts_with(wording::CONFIRM);
            if confirm || asks_which(target, line) {
                let options: Vec<Mention> =
                    lines[at + 1..].iter().map_while(|line| option(line)).collect();
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
        line == wording::which_question(title) || line == wording::near_question(title)
    };
    references.iter().any(|reference| match reference {
        Reference::Title(title) => asks(title),
        Reference::Joined(whole, parts) => std::iter::once(whole).chain(parts).any(asks),
        _ => false,
    })
}

/// What the message does with the options of the question; `None` if it is no answer to it.
fn choice(question: &Question, message: &str, now: &Now) -> Option<Deed> {
    let tokens = token::cut(message);
    let phrase = Phrase::new(message, &tokens);
    let words: Vec<&str> =
        phrase.words().filter(|word| word.chars().any(char::is_alphanumeric)).collect();
    let said = words.join(" ");
    if ALL.has(&said) || (question.confirm && YES.has(&said)) {
        return question.apply(question.options.iter().map(|option| option.number).collect());
    }
    let commands = clause::read(message, now);
    let open =
        |command: &Command| matches!(command.deed, Deed::Say(Topic::Unclear) | Deed::List(_));
    if !commands.iter().all(open) {
        return None;
    }
    let Target::Named(references) = reference::read(without_preamble(phrase), now)? else {
        return None;
    };
    let numbers: Option<Vec<u64>> =
        references.iter().map(|reference| question.option(reference)).collect();
    question.apply(numbers?)
}

impl Question {
    fn apply(&self, numbers: Vec<u64>) -> Option<Deed> {
        let references: Vec<Reference> = numbers.into_iter().map(Reference::Number).collect();
        let target = Target::Named(references);
        (!self.options.is_empty()).then(|| Deed::Change(self.action.clone(), target))
    }

    /// The number of the option that is meant. A number is the number of a task, never a place.
    fn option(&self, reference: &Reference) -> Option<u64> {
        match reference {
            Reference::Number(number) => {
                self.options.iter().map(|option| option.number).find(|option| option == number)
            }
            Reference::Place(place) => {
                let count = i64::try_from(self.options.len()).ok()?;
                let index = if *place < 0 { count + place } else { place - 1 };
                Some(self.options.get(usize::try_from(index).ok()?)?.number)
            }
            Reference::Title(title) | Reference::Joined(title, _) => {
                resolve::only(self.options.iter().map(|o| (o.number, o.title.as_str())), title)
            }
            Reference::It | Reference::Them => None,
        }
    }
}

fn without_preamble(phrase: Phrase<'_>) -> Phrase<'_> {
    let stripped = mood::strip(phrase).order;
    PREAMBLES.off_start(stripped).unwrap_or(stripped)
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
fn mention(line: &str) -> Option<Mention> {
    option(line).or_else(|| {
        let before_title = line.split('"').next().unwrap_or_default();
        let mut words = before_title.split(|c: char| !c.is_alphanumeric());
        words.find(|word| word.eq_ignore_ascii_case("task"))?;
        let title = line.split('"').nth(1).unwrap_or_default().to_owned();
        Some(Mention { number: words.next()?.parse().ok()?, title })
    })
}

fn option(line: &str) -> Option<Mention> {
    let (number, title) = line.split_once(": ")?;
    Some(Mention { number: number.parse().ok()?, title: title.to_owned() })
}
