//! Truncation of tool results that are too long for a prompt.

use serde_json::{Value, json};

/// Texts are truncated to the first length, and if that is not enough to the second, which still holds
/// the title of any task.
const TEXT_LENGTHS: [usize; 2] = [1000, 200];

/// Space for the field that counts the omitted items.
const MARKER_LENGTH: usize = 60;

/// Limits a tool's result to `max_chars` characters as JSON. First its texts are truncated, then its
/// lists, each with a note of how much is left out. The structure is kept; if that is not possible, only
/// the `status` is.
pub(in crate::agent) fn truncate_tool_result(result: &Value, max_chars: usize) -> Value {
    let full_length = json_length(result);
    if full_length <= max_chars {
        return result.clone();
    }
    for max_text in TEXT_LENGTHS {
        let truncated = truncate_texts(result, max_text);
        if json_length(&truncated) <= max_chars {
            return truncated;
        }
    }
    let [.., min_text] = TEXT_LENGTHS;
    let mut truncated = truncate_texts(result, min_text);
    truncate_lists(&mut truncated, max_chars);
    if json_length(&truncated) <= max_chars {
        return truncated;
    }
    json!({"status": result["status"], "left_out": format!("{full_length} characters")})
}

pub(super) fn json_length(value: &Value) -> usize {
    value.to_string().chars().count()
}

fn truncate_texts(value: &Value, max_chars: usize) -> Value {
    match value {
        Value::String(text) => truncate_text(text, max_chars).into(),
        Value::Array(items) => items.iter().map(|item| truncate_texts(item, max_chars)).collect(),
        Value::Object(fields) => {
            let fields = fields.iter();
            Value::Object(
                fields.map(|(name, it)| (name.clone(), truncate_texts(it, max_chars))).collect(),
            )
        }
        other => other.clone(),
    }
}

fn truncate_text(text: &str, max_chars: usize) -> String {
    let kept = tandem_text_search::truncate_text(text, max_chars);
    match text[kept.len()..].chars().count() {
        0 => text.to_owned(),
        rest => format!("{kept}… [{rest} more characters]"),
    }
}

/// Removes items from the ends of the result's lists until it fits.
fn truncate_lists(result: &mut Value, max_chars: usize) {
    let mut length = json_length(result) + MARKER_LENGTH;
    let Some(fields) = result.as_object_mut() else { return };
    let mut removed = 0;
    for list in fields.values_mut().filter_map(Value::as_array_mut) {
        while length > max_chars
            && let Some(item) = list.pop()
        {
            length = length.saturating_sub(json_length(&item) + 1);
            removed += 1;
        }
    }
    if fields.contains_key("more") {
        fields.insert("more".to_owned(), true.into());
    }
    fields.insert("left_out".to_owned(), format!("{removed} items").into());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(count: usize, description: &str) -> Value {
        let task = |number| json!({"number": number, "title": "x", "description": description});
        let tasks = (1..=count).map(task).collect::<Vec<_>>();
        json!({"status": "ok", "tasks": tasks, "more": false})
    }

    #[test]
    fn short_result_is_unchanged() {
        let result = list(3, "y");
        let exactly = json_length(&result);
        assert_eq!(truncate_tool_result(&result, exactly), result);
        assert_ne!(truncate_tool_result(&result, exactly - 1), result);
    }

    #[test]
    fn texts_are_truncated_first() {
        let cut = truncate_tool_result(&list(10, &"é".repeat(5000)), 20_000);
        assert_eq!(cut["tasks"].as_array().map(Vec::len), Some(10));
        assert_eq!((&cut["more"], &cut["tasks"][9]["title"]), (&json!(false), &json!("x")));
        let description = cut["tasks"][9]["description"].as_str().expect("a text");
        assert_eq!(description, format!("{}… [4000 more characters]", "é".repeat(1000)));
    }

    #[test]
    fn lists_keep_their_first_items() {
        let cut = truncate_tool_result(&list(1000, "y"), 2000);
        assert!(json_length(&cut) <= 2000, "{}", json_length(&cut));
        let tasks = cut["tasks"].as_array().expect("a list");
        assert!(tasks.len() > 20, "{}", tasks.len());
        assert_eq!(tasks[0]["number"], 1);
        assert_eq!((&cut["status"], &cut["more"]), (&json!("ok"), &json!(true)));
        assert_eq!(cut["left_out"], format!("{} items", 1000 - tasks.len()));
    }

    #[test]
    fn otherwise_only_the_status_is_kept() {
        let fields = (0..1000).map(|number| (format!("field {number}"), json!(number)));
        let mut result = Value::Object(fields.collect());
        result["status"] = json!("ok");
        let full_length = json_length(&result);
        let expected = json!({"status": "ok", "left_out": format!("{full_length} characters")});
        assert_eq!(truncate_tool_result(&result, 500), expected);
    }
}
