//! Command line options after `--`: `--seconds 2 --only sqlite`.

use std::env;
use std::str::FromStr;

/// The value after `name`, or `default`.
///
/// # Panics
/// If the value cannot be parsed.
pub(crate) fn option<T: FromStr>(name: &str, default: T) -> T {
    let mut arguments = env::args().skip_while(|argument| argument != name).skip(1);
    match arguments.next() {
        Some(value) => value.parse().unwrap_or_else(|_| panic!("invalid value: {name} {value}")),
        None => default,
    }
}
