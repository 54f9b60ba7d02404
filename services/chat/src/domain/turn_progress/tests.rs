//! Every transition of a turn, and that a turn that is taken over continues where it stopped.

use proptest::prelude::*;
use serde_json::json;
use tandem_proto::errors::ErrorReason as Reason;

use super::*;
use crate::domain::{NextAction, PlannedToolCall, ToolCall, ToolStatus, TurnBudget};

const BUDGET: TurnBudget = TurnBudget { model_calls: 3, tool_calls: 4 };

fn response(text: &str, calls: &[&str]) -> ModelResponse {
    let calls = calls.iter().map(|id| planned_call(id)).collect();
    let (input_tokens, output_tokens) = (7, 3);
    let text = text.to_owned();
    ModelResponse { text, calls, input_tokens, output_tokens, ..ModelResponse::default() }
}

fn planned_call(id: &str) -> PlannedToolCall {
    PlannedToolCall {
        id: id.to_owned(),
        name: "add_task".to_owned(),
        arguments: json!({"title": id}),
        signature: None,
    }
}

fn started(call: &PlannedToolCall) -> TurnEvent {
    TurnEvent::ToolStarted(call.to_running_call())
}

fn finished(call: &ToolCall) -> TurnEvent {
    let result = Some(json!({"status": "created"}));
    TurnEvent::ToolFinished(ToolCall { result, status: ToolStatus::Succeeded, ..call.clone() })
}

/// Runs a turn to its end with a model that returns `responses`. Passes every journal entry to `write`.
/// Returns the actions before the last, and the last.
fn run_turn(
    progress: &mut TurnProgress,
    responses: &[ModelResponse],
    mut write: impl FnMut(&TurnProgress, Option<&ModelResponse>, &[TurnEvent]),
) -> (Vec<NextAction>, NextAction) {
    let mut done = Vec::new();
    let mut unwritten = None;
    loop {
        assert!(done.len() < 100, "the turn does not end: {done:?}");
        let next = progress.next_action(BUDGET);
        let events = match &next {
            NextAction::CallModel => {
                let response = responses[progress.responses().len()].clone();
                progress.count_model_call();
                let tokens =
                    Tokens { input: response.input_tokens, output: response.output_tokens };
                progress.add_tokens("m", tokens);
                let events = vec![TurnEvent::Text(response.text.clone())];
                unwritten = Some(response.clone()).filter(|it| !it.calls.is_empty());
                events.iter().for_each(|event| progress.apply_event(event));
                progress.add_response(response);
                write(progress, None, &events);
                done.push(next);
                continue;
            }
            NextAction::StartTool(planned) => vec![started(planned)],
            NextAction::FinishTool(call) => vec![finished(call)],
            NextAction::Complete | NextAction::Fail(_) => return (done, next),
        };
        events.iter().for_each(|event| progress.apply_event(event));
        write(progress, unwritten.take().as_ref(), &events);
        done.push(next);
    }
}

#[test]
fn new_turn_calls_the_model() {
    assert_eq!(TurnProgress::default().next_action(BUDGET), NextAction::CallModel);
}

#[test]
fn response_without_calls_ends_the_turn() {
    let mut progress = TurnProgress::default();
    let (done, end) = run_turn(&mut progress, &[response("Hello.", &[])], |_, _, _| {});
    assert_eq!((done, end), (vec![NextAction::CallModel], NextAction::Complete));
    assert_eq!(progress.output().content, "Hello.");
}

#[test]
fn calls_run_in_order_then_the_model() {
    let responses = [response("", &["a", "b"]), response("Done.", &[])];
    let mut progress = TurnProgress::default();
    let (done, end) = run_turn(&mut progress, &responses, |_, _, _| {});
    let start = |id| NextAction::StartTool(planned_call(id));
    let finish = |id| NextAction::FinishTool(planned_call(id).to_running_call());
    let model = NextAction::CallModel;
    let expected = [model.clone(), start("a"), finish("a"), start("b"), finish("b"), model];
    assert_eq!(done, expected);
    assert_eq!(end, NextAction::Complete);
    let usage = TurnUsage { model_calls: 2, tool_calls: 2, input_tokens: 14, output_tokens: 6 };
    assert_eq!(progress.usage(), usage);
}

#[test]
fn started_call_finishes_despite_budget() {
    let mut progress = TurnProgress::replay(vec![response("", &["a", "b"])], []);
    progress.apply_event(&started(&planned_call("a")));
    let none = TurnBudget { model_calls: 0, tool_calls: 0 };
    assert!(matches!(progress.next_action(none), NextAction::FinishTool(call) if call.id == "a"));
}

fn is_failure(action: &NextAction, reason: Reason) -> bool {
    matches!(action, NextAction::Fail(failure) if failure.error_reason() == reason)
}

#[test]
fn empty_response_fails_the_turn() {
    let (_, end) = run_turn(&mut TurnProgress::default(), &[response("", &[])], |_, _, _| {});
    assert!(is_failure(&end, Reason::ModelUnavailable), "{end:?}");
}

#[test]
fn exhausted_budget_fails_the_turn() {
    let endless = vec![response("", &["a"]); 9];
    let (done, end) = run_turn(&mut TurnProgress::default(), &endless, |_, _, _| {});
    assert!(is_failure(&end, Reason::AgentLimitReached), "{end:?}");
    assert_eq!(done.iter().filter(|next| **next == NextAction::CallModel).count(), 3);
    let greedy = [response("", &["a", "b", "c", "d", "e"])];
    let (done, end) = run_turn(&mut TurnProgress::default(), &greedy, |_, _, _| {});
    assert!(is_failure(&end, Reason::AgentLimitReached), "{end:?}");
    assert_eq!(done.iter().filter(|next| matches!(next, NextAction::FinishTool(_))).count(), 4);
}

#[test]
fn latest_call_excludes_open_response() {
    let [a, b] = ["a", "b"].map(planned_call);
    let mut progress = TurnProgress::replay(vec![response("", &["a"]), response("", &["b"])], []);
    for event in [started(&a), finished(&a.to_running_call()), started(&b)] {
        progress.apply_event(&event);
    }
    assert_eq!(progress.clone().at_latest_model_call().responses().len(), 1);
    progress.apply_event(&finished(&b.to_running_call()));
    assert_eq!(progress.at_latest_model_call().responses().len(), 2);
}

proptest! {
    /// A turn whose worker dies after any journal entry continues as if nothing had happened: every
    /// call is started once, and the same actions are left.
    #[test]
    fn taken_over_turn_continues(calls in prop::collection::vec(0_usize..3, 0..3)) {
        let mut script = Vec::new();
        for (index, count) in calls.iter().enumerate() {
            let ids = (0..*count).map(|call| format!("{index}.{call}")).collect::<Vec<_>>();
            let ids = ids.iter().map(String::as_str).collect::<Vec<_>>();
            script.push(response("Let me see.", &ids));
        }
        script.push(response("Done.", &[]));
        let (mut responses, mut events, mut cuts) = (Vec::new(), Vec::new(), Vec::new());
        let mut whole = TurnProgress::default();
        let (_, end) = run_turn(&mut whole, &script, |progress, response, new| {
            responses.extend(response.cloned());
            events.extend_from_slice(new);
            cuts.push((responses.clone(), events.clone(), progress.clone()));
        });
        for (responses, events, before) in cuts {
            let mut taken = TurnProgress::replay(responses, &events);
            // A response whose calls were not recorded is requested again.
            let is_repeated = taken.responses().len() < before.responses().len();
            prop_assert!(is_repeated || taken.next_action(BUDGET) == before.next_action(BUDGET));
            prop_assert_eq!(taken.partial_response().is_empty(), !is_repeated);
            let (_, taken_end) = run_turn(&mut taken, &script, |_, _, _| {});
            prop_assert_eq!(&taken_end, &end);
            prop_assert_eq!(&taken.output().tool_calls, &whole.output().tool_calls);
        }
    }
}
