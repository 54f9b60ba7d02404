//! What is said behind `--` on the command line: `--seconds 2 --only sqlite`.

use std::env;
use std::str::FromStr;

/// The value behind `name`, or `default`.
///
/// # Panics
/// Where the value cannot be read.
pub(crate) fn option<T: FromStr>(name: &str, default: T) -> T {
    let mut arguments = env::args().skip_while(|argument| argument != name).skip(1);
    match arguments.next() {
        Some(value) => value.parse().unwrap_or_else(|_| panic!("{name} {value} is no value")),
        None => default,
    }
}
