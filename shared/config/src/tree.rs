//! Trees of settings: reading, changing and walking them by path.

use figment::value::{Dict, Value};

use crate::HIDDEN;

/// The keys that lead to a value; an element of a list has its position as key.
pub(crate) type Path = Vec<String>;

/// The value at `path`.
pub(crate) fn get<'a>(tree: &'a Dict, path: &[String]) -> Option<&'a Value> {
    let (key, rest) = path.split_first()?;
    rest.iter().try_fold(tree.get(key)?, |value, key| match value {
        Value::Dict(_, dict) => dict.get(key),
        Value::Array(_, list) => list.get(key.parse::<usize>().ok()?),
        _ => None,
    })
}

/// Sets the value at `path`, and makes the tables that lead to it.
pub(crate) fn put(tree: &mut Dict, path: &[String], value: Value) {
    match path {
        [] => {}
        [key] => {
            tree.insert(key.clone(), value);
        }
        [key, rest @ ..] => {
            let mut inner = tree.remove(key).and_then(Value::into_dict).unwrap_or_default();
            put(&mut inner, rest, value);
            tree.insert(key.clone(), inner.into());
        }
    }
}

/// Removes the value at `path`, or the list that it is an element of. False when there is neither.
pub(crate) fn remove(tree: &mut Dict, path: &[String]) -> bool {
    let Some((key, rest)) = path.split_first() else { return false };
    match tree.get_mut(key) {
        Some(Value::Dict(_, inner)) if !rest.is_empty() => remove(inner, rest),
        _ => tree.remove(key).is_some(),
    }
}

/// Lays one tree over another: tables are merged, every other value is replaced.
pub(crate) fn merge(under: &mut Dict, over: Dict) {
    for (key, value) in over {
        match (under.get_mut(&key), value) {
            (Some(Value::Dict(_, under)), Value::Dict(_, over)) => merge(under, over),
            (_, value) => {
                under.insert(key, value);
            }
        }
    }
}

/// The tree without its hidden values, so that none is taken for the secret itself.
pub(crate) fn without_hidden(tree: Dict) -> Dict {
    let shown = |value: &Value| value.as_str() != Some(HIDDEN);
    let inner = |value| match value {
        Value::Dict(tag, dict) => Value::Dict(tag, without_hidden(dict)),
        value => value,
    };
    tree.into_iter().filter(|(_, value)| shown(value)).map(|(k, v)| (k, inner(v))).collect()
}

/// The paths of `given` that `known` does not have, only the first of each branch.
pub(crate) fn unknown(given: &Dict, known: &Dict) -> Vec<Path> {
    let below = |key: &String, paths: Vec<Path>| -> Vec<Path> {
        paths.into_iter().map(|path| [vec![key.clone()], path].concat()).collect()
    };
    let find = |(key, value): (&String, &Value)| match known.get(key) {
        None => vec![vec![key.clone()]],
        Some(known) => below(key, unknown_below(value, known)),
    };
    given.iter().flat_map(find).collect()
}

fn unknown_below(given: &Value, known: &Value) -> Vec<Path> {
    match (given, known) {
        (Value::Dict(_, given), Value::Dict(_, known)) => unknown(given, known),
        (Value::Array(_, given), Value::Array(_, known)) => {
            let table = |list: &[Value]| -> Dict {
                list.iter().enumerate().map(|(i, value)| (i.to_string(), value.clone())).collect()
            };
            unknown(&table(given), &table(known))
        }
        _ => Vec::new(),
    }
}

/// Every value that is no table, in the order of the keys.
pub(crate) fn leaves(tree: &Dict) -> Vec<(Path, &Value)> {
    tree.iter()
        .flat_map(|(key, value)| match value {
            Value::Dict(_, inner) if !inner.is_empty() => leaves(inner)
                .into_iter()
                .map(|(path, leaf)| ([vec![key.clone()], path].concat(), leaf))
                .collect(),
            leaf => vec![(vec![key.clone()], leaf)],
        })
        .collect()
}
