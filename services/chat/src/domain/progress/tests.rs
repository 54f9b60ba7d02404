//! Every transition of a turn, and that a turn which is taken over goes on where it was.

use proptest::prelude::*;
use serde_json::json;

use super::*;

const MOST: Allowance = Allowance { model_calls: 3, tool_calls: 4 };

fn step(text: &str, calls: &[&str]) -> Step {
    let planned = |id: &&str| Planned {
        id: (*id).to_owned(),
        name: "add_task".to_owned(),
        arguments: json!({"title": id}),
        signature: None,
    };
    let calls = calls.iter().map(planned).collect();
    Step { text: text.to_owned(), calls, input_tokens: 7, output_tokens: 3 }
}

fn finished(call: &ToolCall) -> Event {
    let result = Some(json!({"status": "created"}));
    Event::ToolFinished(ToolCall { result, status: ToolStatus::Succeeded, ..call.clone() })
}

/// Does what is next with a model that answers with `answers`, until the turn ends; says every entry of
/// the journal to `write`.
fn work(
    progress: &mut Progress,
    answers: &[Step],
    mut write: impl FnMut(&Progress, Option<&Step>, &[Event]),
) -> (Vec<Next>, Next) {
    let mut done = Vec::new();
    let mut unwritten = None;
    loop {
        assert!(done.len() < 100, "it comes to no end: {done:?}");
        let next = progress.next(MOST);
        let events = match &next {
            Next::Ask => {
                let step = answers[progress.steps().len()].clone();
                progress.ask();
                progress.count(step.input_tokens, step.output_tokens);
                let events = vec![Event::Text(step.text.clone())];
                unwritten = Some(step.clone()).filter(|step| !step.calls.is_empty());
                events.iter().for_each(|event| progress.apply(event));
                progress.answered(step);
                write(progress, None, &events);
                done.push(next);
                continue;
            }
            Next::Start(planned) => vec![Event::ToolStarted(planned.started())],
            Next::Settle(call) => vec![finished(call)],
            Next::Answer | Next::GiveUp(_) => return (done, next),
        };
        events.iter().for_each(|event| progress.apply(event));
        write(progress, unwritten.take().as_ref(), &events);
        done.push(next);
    }
}

#[test]
fn a_new_turn_asks_the_model() {
    assert_eq!(Progress::default().next(MOST), Next::Ask);
}

#[test]
fn an_answer_without_calls_ends_the_turn() {
    let mut progress = Progress::default();
    let (done, end) = work(&mut progress, &[step("Hello.", &[])], |_, _, _| {});
    assert_eq!((done, end), (vec![Next::Ask], Next::Answer));
    assert_eq!(progress.answer().content, "Hello.");
}

#[test]
fn calls_are_begun_and_settled_in_order_and_then_the_model_is_asked_again() {
    let answers = [step("", &["a", "b"]), step("Done.", &[])];
    let mut progress = Progress::default();
    let (done, end) = work(&mut progress, &answers, |_, _, _| {});
    let [a, b] = &answers[0].calls[..] else { panic!("two calls") };
    let settle = |call: &Planned| Next::Settle(call.started());
    let start = |call: &Planned| Next::Start(call.clone());
    assert_eq!(done, [Next::Ask, start(a), settle(a), start(b), settle(b), Next::Ask]);
    assert_eq!(end, Next::Answer);
    let usage = Usage { model_calls: 2, tool_calls: 2, input_tokens: 14, output_tokens: 6 };
    assert_eq!(progress.usage(), usage);
}

#[test]
fn a_call_that_was_begun_is_settled_before_anything_else_whatever_the_limit() {
    let mut progress = Progress::replay(vec![step("", &["a", "b"])], []);
    progress.apply(&Event::ToolStarted(step("", &["a"]).calls[0].started()));
    let none = Allowance { model_calls: 0, tool_calls: 0 };
    assert!(matches!(progress.next(none), Next::Settle(call) if call.id == "a"));
}

#[test]
fn an_answer_that_says_and_calls_nothing_is_none() {
    let (_, end) = work(&mut Progress::default(), &[step("", &[])], |_, _, _| {});
    assert!(matches!(end, Next::GiveUp(failure) if failure.reason() == Reason::ModelUnavailable));
}

#[test]
fn a_model_that_never_comes_to_an_end_is_given_up() {
    let (done, end) = work(&mut Progress::default(), &vec![step("", &["a"]); 9], |_, _, _| {});
    assert!(matches!(end, Next::GiveUp(failure) if failure.reason() == Reason::AgentLimitReached));
    assert_eq!(done.iter().filter(|next| **next == Next::Ask).count(), 3);
    let greedy = [step("", &["a", "b", "c", "d", "e"])];
    let (done, end) = work(&mut Progress::default(), &greedy, |_, _, _| {});
    assert!(matches!(end, Next::GiveUp(failure) if failure.reason() == Reason::AgentLimitReached));
    assert_eq!(done.iter().filter(|next| matches!(next, Next::Settle(_))).count(), 4);
}

#[test]
fn a_model_has_not_seen_its_answer_while_calls_of_it_are_left() {
    let mut progress = Progress::replay(vec![step("", &["a"]), step("", &["b"])], []);
    let started = |id| Event::ToolStarted(step("", &[id]).calls[0].started());
    for event in [started("a"), finished(&step("", &["a"]).calls[0].started()), started("b")] {
        progress.apply(&event);
    }
    assert_eq!(progress.clone().at_latest_call().steps().len(), 1);
    progress.apply(&finished(&step("", &["b"]).calls[0].started()));
    assert_eq!(progress.at_latest_call().steps().len(), 2);
}

proptest! {
    /// Killed after any entry of its journal and taken over, a turn does what it would have done:
    /// every call is begun once, and the same is left to do.
    #[test]
    fn a_turn_taken_over_goes_on_where_it_was(calls in prop::collection::vec(0_usize..3, 0..3)) {
        let mut answers = Vec::new();
        for (index, count) in calls.iter().enumerate() {
            let ids = (0..*count).map(|call| format!("{index}.{call}")).collect::<Vec<_>>();
            let ids = ids.iter().map(String::as_str).collect::<Vec<_>>();
            answers.push(step("Let me see.", &ids));
        }
        answers.push(step("Done.", &[]));
        let (mut steps, mut events, mut cuts) = (Vec::new(), Vec::new(), Vec::new());
        let mut whole = Progress::default();
        let (_, end) = work(&mut whole, &answers, |progress, step, new| {
            steps.extend(step.cloned());
            events.extend_from_slice(new);
            cuts.push((steps.clone(), events.clone(), progress.clone()));
        });
        for (steps, events, before) in cuts {
            let mut taken = Progress::replay(steps, &events);
            // What the model had said without its calls being written is asked for again.
            let asked_again = taken.steps().len() < before.steps().len();
            prop_assert!(asked_again || taken.next(MOST) == before.next(MOST));
            prop_assert_eq!(taken.said().is_empty(), !asked_again);
            let (_, its_end) = work(&mut taken, &answers, |_, _, _| {});
            prop_assert_eq!(&its_end, &end);
            prop_assert_eq!(&taken.answer().tool_calls, &whole.answer().tool_calls);
        }
    }
}
