//! The tool results of a running turn, within the budget of its prompts.

use serde_json::Value;

use super::history::CHARS_PER_TOKEN;
use super::tool_result::{json_length, truncate_tool_result};
use crate::agent::Limits;
use crate::agent::limits::MIN_RESULT_CHARS;
use crate::domain::ToolCall;

/// The results of calls, in their order; `None` without a result. The newest is limited only by itself,
/// those before it share what the newer ones leave.
pub(super) fn shorten_results(calls: &[ToolCall], limits: &Limits) -> Vec<Option<Value>> {
    let mut chars_left = limits.turn_result_tokens.saturating_mul(CHARS_PER_TOKEN);
    let mut is_newest = true;
    let mut results = Vec::with_capacity(calls.len());
    for call in calls.iter().rev() {
        let Some(result) = &call.result else {
            results.push(None);
            continue;
        };
        let mut shown = truncate_tool_result(result, limits.tool_result_chars);
        for max_chars in [limits.history_result_chars, MIN_RESULT_CHARS] {
            if !is_newest && json_length(&shown) > chars_left {
                shown = truncate_tool_result(result, max_chars);
            }
        }
        is_newest = false;
        chars_left = chars_left.saturating_sub(json_length(&shown));
        results.push(Some(shown));
    }
    results.reverse();
    results
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::ToolStatus;

    fn call(number: usize, length: usize) -> ToolCall {
        ToolCall {
            id: number.to_string(),
            name: "list_tasks".to_owned(),
            arguments: json!({}),
            result: Some(json!({"status": "ok", "tasks": vec!["x".repeat(100); length / 100]})),
            status: ToolStatus::Succeeded,
        }
    }

    #[test]
    fn older_results_are_shortened_first() {
        let limits = Limits::default();
        let calls = (0..16).map(|number| call(number, 20_000)).collect::<Vec<_>>();
        let shown = shorten_results(&calls, &limits).into_iter().flatten();
        let lengths = shown.map(|it| json_length(&it)).collect::<Vec<_>>();
        assert_eq!(lengths.len(), 16);
        assert!(lengths.is_sorted(), "{lengths:?}");
        assert!(lengths[15] > 15_000 && lengths[13] > 15_000 && lengths[0] <= 500, "{lengths:?}");
        let budget = limits.turn_result_tokens * CHARS_PER_TOKEN;
        assert!(lengths.iter().sum::<usize>() <= budget + 16 * 500, "{lengths:?}");
    }

    #[test]
    fn the_newest_result_is_kept() {
        let limits = Limits { turn_result_tokens: 0, ..Limits::default() };
        let shown = shorten_results(&[call(1, 10_000), call(2, 10_000)], &limits);
        let lengths = shown.iter().flatten().map(json_length).collect::<Vec<_>>();
        assert!(lengths[0] <= 500 && lengths[1] > 10_000, "{lengths:?}");
    }
}
