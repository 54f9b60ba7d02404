//! What a watcher hears, from the first change to the last, and what it has to add up to.

use std::collections::BTreeMap;

use tandem_proto::task::watch_tasks_response::Event;
use tandem_proto::task::{Task, TaskChangeType, TaskStatus, WatchTasksResponse};

use super::line::Line;

/// The title of the task whose creation is the last change of a story.
pub(crate) const END: &str = "the end";

/// The changes that a watcher heard, in order.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Story(Vec<(TaskChangeType, Task)>);

impl Story {
    /// Listens until the end, going on wherever the stream ends. Nothing may have been written when
    /// `token`, the place to begin at, was given.
    pub(crate) async fn listen(line: &Line, token: &str) -> Self {
        let (mut story, mut token) = (Self::default(), token.to_owned());
        while !line.watch(&mut token, |event| story.hear(event)).await {}
        story
    }

    /// Listens until the end, with a new stream for every event, on the lines in turn.
    pub(crate) async fn listen_in_pieces(lines: &[Line], token: &str) -> Self {
        let (mut story, mut token) = (Self::default(), token.to_owned());
        for line in lines.iter().cycle() {
            let mut is_over = false;
            let cut = |event| {
                is_over = story.hear(event);
                true
            };
            line.watch(&mut token, cut).await;
            if is_over {
                break;
            }
        }
        story
    }

    /// Takes an event in; says whether it is the last.
    pub(crate) fn hear(&mut self, event: WatchTasksResponse) -> bool {
        match event.event.expect("an event") {
            Event::TaskChange(change) => {
                let kind = change.r#type();
                self.0.push((kind, change.task.expect("a task")));
            }
            Event::SnapshotTask(task) => panic!("the story begins with nothing: {task:?}"),
            Event::SnapshotCompleted(_) | Event::Heartbeat(_) => {}
        }
        self.0.last().is_some_and(|(_, task)| task.title == END)
    }

    /// How many changes of one kind it has.
    pub(crate) fn count(&self, kind: TaskChangeType) -> usize {
        self.0.iter().filter(|(it, _)| *it == kind).count()
    }

    /// The tasks that the story ends with, by number. Fails where a change is missing, doubled or out
    /// of order: each makes the next version of its task, and a task begins with the first.
    pub(crate) fn fold(&self) -> Vec<Task> {
        let mut tasks: BTreeMap<i64, Task> = BTreeMap::new();
        for (kind, task) in &self.0 {
            let before = tasks.get(&task.number).map_or(0, version);
            assert_eq!(version(task), before + 1, "{kind:?} {task:?}");
            assert_eq!(*kind == TaskChangeType::Created, before == 0, "{kind:?} {task:?}");
            tasks.insert(task.number, task.clone());
        }
        tasks.into_values().collect()
    }
}

/// Fails unless the tasks are those of the story, numbered without gaps, and counted right.
pub(crate) async fn check(line: &Line, story: &Story) {
    let listed = line.list().await;
    assert_eq!(story.fold(), listed, "the story ends where the tasks are");
    let numbers = listed.iter().map(|task| task.number);
    assert!(numbers.eq(1..=listed.len() as i64), "numbers are dense: {listed:?}");
    let count = |status| {
        let of_status = |task: &&Task| task.delete_time.is_none() && task.status() == status;
        listed.iter().filter(of_status).count() as i64
    };
    let summary = line.summary().await;
    let counts = (count(TaskStatus::Pending), count(TaskStatus::Completed));
    assert_eq!((summary.pending_count, summary.completed_count), counts);
}

/// Which version of a task this is, from 1.
pub(crate) fn version(task: &Task) -> i64 {
    i64::from_str_radix(task.etag.trim_matches('"'), 16).expect("a version")
}
