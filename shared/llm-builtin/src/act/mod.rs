//! Carries commands out, as far as the results that the turn has allow.

mod changing;
mod finding;
mod listing;

use std::ops::ControlFlow;

use serde_json::Value;

use super::arguments;
use super::command::{Command, Deed, NewTask, Topic};
use super::date::Now;
use super::resolve;
use super::run::{Asked, Mention, Run};
use super::wording;

/// What came of the commands: the material of the answer.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Report {
    /// What was done or found, one paragraph each.
    pub(super) lines: Vec<String>,
    /// What did not fit into the turn, in the user's words.
    pub(super) left: Vec<String>,
    /// What there is to say besides.
    pub(super) topics: Vec<Topic>,
    /// What was not understood.
    pub(super) unclear: Vec<String>,
}

/// Goes on with the next command, or stops until a result is there.
type Flow = ControlFlow<()>;

/// Runs the commands in order. A command that needs a result first holds back those after it, so
/// that everything happens in the order in which it was said.
pub(super) fn perform(commands: &[Command], run: &mut Run<'_>, now: &Now) -> Report {
    let mut scene = Scene { run, now, report: Report::default() };
    for command in commands {
        if scene.command(command).is_break() {
            break;
        }
    }
    scene.report
}

/// What the commands act on, and what comes of it.
struct Scene<'s, 'a> {
    run: &'s mut Run<'a>,
    now: &'s Now,
    report: Report,
}

impl Scene<'_, '_> {
    fn command(&mut self, command: &Command) -> Flow {
        match &command.deed {
            Deed::Add(tasks) => self.add(tasks),
            Deed::List(listing) => self.list(listing, &command.said),
            Deed::Change(action, target) => return self.change(action, target, &command.said),
            Deed::Say(Topic::Unclear) => self.report.unclear.push(command.said.clone()),
            Deed::Say(topic) => self.report.topics.push(*topic),
        }
        Flow::Continue(())
    }

    fn add(&mut self, tasks: &[NewTask]) {
        let mut added = Vec::new();
        for task in tasks {
            match self.run.ask("add_task", arguments::add(task)) {
                Asked::Answer(answer) if is_error(answer) => {
                    self.say(wording::failed(&wording::adding(&task.title), answer));
                }
                Asked::Answer(answer) => {
                    self.say(wording::added(answer, task, self.now));
                    added.extend(mention(answer));
                }
                Asked::Pending => {}
                Asked::NoRoom => self.report.left.push(task.title.clone()),
            }
        }
        self.run.mention(added);
    }

    fn say(&mut self, line: String) {
        self.report.lines.push(line);
    }

    fn leave(&mut self, said: &str) {
        self.report.left.push(said.to_owned());
    }
}

fn is_error(answer: &Value) -> bool {
    answer["status"] == "error"
}

fn mention(answer: &Value) -> Option<Mention> {
    resolve::task(answer).map(|task| Mention { number: task.number, title: task.title })
}
