//! Carries commands out, as far as the results that the turn has allow.

mod change;
mod find;
mod list;

use std::ops::ControlFlow;

use serde_json::Value;

use super::arguments;
use super::call_replay::{CallOutcome, CallReplay, TaskMention};
use super::command::{Command, Intent, NewTask, Topic};
use super::date::Now;
use super::resolve;
use super::responses;

/// What came of the commands: the material of the answer.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Report {
    /// What was done or found, one paragraph each.
    pub(super) lines: Vec<String>,
    /// What did not fit into the turn, in the user's words.
    pub(super) unfinished: Vec<String>,
    /// What there is to say besides.
    pub(super) topics: Vec<Topic>,
    /// What was not understood.
    pub(super) unclear: Vec<String>,
}

/// Goes on with the next command, or stops until a result is there.
type Flow = ControlFlow<()>;

/// Runs the commands in order. A command that needs a result first holds back those after it, so
/// that everything happens in the order in which it was said.
pub(super) fn execute_commands(
    commands: &[Command],
    replay: &mut CallReplay<'_>,
    now: &Now,
) -> Report {
    let mut executor = Executor { replay, now, report: Report::default() };
    for command in commands {
        if executor.execute(command).is_break() {
            break;
        }
    }
    executor.report
}

/// What the commands act on, and what comes of it.
struct Executor<'s, 'a> {
    replay: &'s mut CallReplay<'a>,
    now: &'s Now,
    report: Report,
}

impl Executor<'_, '_> {
    fn execute(&mut self, command: &Command) -> Flow {
        match &command.intent {
            Intent::Add(tasks) => self.add_tasks(tasks),
            Intent::List(listing) => self.list_tasks(listing, &command.source),
            Intent::Change(action, target) => {
                return self.change_tasks(action, target, &command.source);
            }
            Intent::Respond(Topic::Unclear) => self.report.unclear.push(command.source.clone()),
            Intent::Respond(topic) => self.report.topics.push(*topic),
        }
        Flow::Continue(())
    }

    fn add_tasks(&mut self, tasks: &[NewTask]) {
        let mut added = Vec::new();
        for task in tasks {
            match self.replay.request_call("add_task", arguments::add_task_arguments(task)) {
                CallOutcome::Finished(answer) if is_tool_error(answer) => {
                    self.push_line(responses::failure_message(
                        &responses::add_action(&task.title),
                        answer,
                    ));
                }
                CallOutcome::Finished(answer) => {
                    self.push_line(responses::added_message(answer, task, self.now));
                    added.extend(mention_of_result(answer));
                }
                CallOutcome::Pending => {}
                CallOutcome::LimitReached => self.report.unfinished.push(task.title.clone()),
            }
        }
        self.replay.set_recent_mentions(added);
    }

    fn push_line(&mut self, line: String) {
        self.report.lines.push(line);
    }

    fn push_unfinished(&mut self, source: &str) {
        self.report.unfinished.push(source.to_owned());
    }
}

fn is_tool_error(answer: &Value) -> bool {
    answer["status"] == "error"
}

fn mention_of_result(answer: &Value) -> Option<TaskMention> {
    resolve::parse_task(answer).map(|task| TaskMention { number: task.number, title: task.title })
}
