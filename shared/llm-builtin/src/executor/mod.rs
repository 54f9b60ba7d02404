//! Executes commands against the tool results of the turn, and collects what to report.

mod change;
mod find;
mod find_title;
mod list;

use std::ops::ControlFlow;

use serde_json::Value;

use super::arguments;
use super::call_replay::{CallOutcome, CallReplay, TaskMention};
use super::date::Now;
use super::intent::{Command, Intent, NewTask, Topic};
use super::listed_task;
use super::responses;

/// The outcome of the commands, from which the reply is composed.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Report {
    /// Results and errors, one paragraph each.
    pub(super) lines: Vec<String>,
    /// Work over the call limit of the turn, in the user's words.
    pub(super) unfinished: Vec<String>,
    /// Topics that need no tool.
    pub(super) topics: Vec<Topic>,
    /// Clauses without a known intent, in the user's words.
    pub(super) unclear: Vec<String>,
}

/// Continues with the next command, or breaks until a tool result is available.
type Flow = ControlFlow<()>;

/// Executes the commands in order. A command that waits for a lookup blocks those after it, so that
/// changes happen in the order of the message.
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

/// The state of one execution: the calls of the turn, the time, and the report so far.
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
                CallOutcome::Finished(result) if is_tool_error(result) => {
                    let action = responses::add_action(&task.title);
                    self.push_line(responses::failure_message(&action, result));
                }
                CallOutcome::Finished(result) => {
                    self.push_line(responses::added_message(result, task, self.now));
                    added.extend(mention_of_result(result));
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

fn is_tool_error(result: &Value) -> bool {
    result["status"] == "error"
}

fn mention_of_result(result: &Value) -> Option<TaskMention> {
    listed_task::parse_task(result)
        .map(|task| TaskMention { number: task.number, title: task.title })
}
