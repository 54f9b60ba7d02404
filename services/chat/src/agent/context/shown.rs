//! Tool results that are too long for a prompt.

use serde_json::{Value, json};

/// Texts are cut to this many characters, and where that is not enough to this many. Titles of tasks
/// stay whole.
const LENGTHS: [usize; 2] = [1000, 200];

/// What says how many items of lists are left out, with room for any number.
const MARKER: usize = 60;

/// A tool's result as the model gets to see it, of at most `most` characters as JSON: whole where it
/// fits; else with its texts cut, and then its lists, each with a marker that says how much was left
/// out. What is left of it has the form of the whole, and always its `status`.
pub(crate) fn shown(result: &Value, most: usize) -> Value {
    let whole = length(result);
    if whole <= most {
        return result.clone();
    }
    for longest in LENGTHS {
        let cut = cut_texts(result, longest);
        if length(&cut) <= most {
            return cut;
        }
    }
    let [.., shortest] = LENGTHS;
    let mut cut = cut_texts(result, shortest);
    cut_lists(&mut cut, most);
    if length(&cut) <= most {
        return cut;
    }
    json!({"status": result["status"], "left_out": format!("{whole} characters")})
}

fn length(value: &Value) -> usize {
    value.to_string().chars().count()
}

fn cut_texts(value: &Value, longest: usize) -> Value {
    match value {
        Value::String(text) => cut_text(text, longest).into(),
        Value::Array(items) => items.iter().map(|item| cut_texts(item, longest)).collect(),
        Value::Object(fields) => {
            let cut = |(name, value): (&String, &Value)| (name.clone(), cut_texts(value, longest));
            Value::Object(fields.iter().map(cut).collect())
        }
        other => other.clone(),
    }
}

fn cut_text(text: &str, longest: usize) -> String {
    let kept = tandem_text_search::truncate_text(text, longest);
    match text[kept.len()..].chars().count() {
        0 => text.to_owned(),
        rest => format!("{kept}… [{rest} more characters]"),
    }
}

/// Takes items off the ends of the lists that a result has, until it fits.
fn cut_lists(result: &mut Value, most: usize) {
    let mut length = length(result) + MARKER;
    let Some(fields) = result.as_object_mut() else { return };
    let mut left_out = 0;
    for list in fields.values_mut().filter_map(Value::as_array_mut) {
        while length > most
            && let Some(item) = list.pop()
        {
            length = length.saturating_sub(self::length(&item) + 1);
            left_out += 1;
        }
    }
    if fields.contains_key("more") {
        fields.insert("more".to_owned(), true.into());
    }
    fields.insert("left_out".to_owned(), format!("{left_out} items").into());
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
    fn what_fits_is_shown_whole() {
        let result = list(3, "y");
        let exactly = length(&result);
        assert_eq!(shown(&result, exactly), result);
        assert_ne!(shown(&result, exactly - 1), result);
    }

    #[test]
    fn long_texts_give_way_first_and_say_how_much_is_missing() {
        let cut = shown(&list(10, &"é".repeat(5000)), 20_000);
        assert_eq!(cut["tasks"].as_array().map(Vec::len), Some(10));
        assert_eq!((&cut["more"], &cut["tasks"][9]["title"]), (&json!(false), &json!("x")));
        let description = cut["tasks"][9]["description"].as_str().expect("a text");
        assert_eq!(description, format!("{}… [4000 more characters]", "é".repeat(1000)));
    }

    #[test]
    fn of_long_lists_the_beginning_is_shown_and_that_there_is_more() {
        let cut = shown(&list(1000, "y"), 2000);
        assert!(length(&cut) <= 2000, "{}", length(&cut));
        let tasks = cut["tasks"].as_array().expect("a list");
        assert!(tasks.len() > 20, "{}", tasks.len());
        assert_eq!(tasks[0]["number"], 1);
        assert_eq!((&cut["status"], &cut["more"]), (&json!("ok"), &json!(true)));
        assert_eq!(cut["left_out"], format!("{} items", 1000 - tasks.len()));
    }

    #[test]
    fn what_cannot_be_cut_is_left_out_but_for_its_status() {
        let fields = (0..1000).map(|number| (format!("field {number}"), json!(number)));
        let mut result = Value::Object(fields.collect());
        result["status"] = json!("ok");
        let whole = length(&result);
        let left = json!({"status": "ok", "left_out": format!("{whole} characters")});
        assert_eq!(shown(&result, 500), left);
    }
}
