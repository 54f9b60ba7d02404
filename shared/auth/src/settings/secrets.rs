//! Rejection of weak shared secrets.

use std::collections::HashSet;

/// The minimum length in bytes: the output size of HS256 (RFC 7518, 3.2).
const MIN_BYTES: usize = 32;

/// The minimum number of distinct bytes. A random secret of the minimum length has more, even in
/// hexadecimal.
const MIN_DISTINCT_BYTES: usize = 8;

/// Parts of secrets in examples and templates, in lower case and without separators.
const EXAMPLES: [&str; 12] = [
    "changein",
    "changeme",
    "changethis",
    "example",
    "insecure",
    "mysecret",
    "password",
    "placeholder",
    "replaceme",
    "secretkey",
    "yoursecret",
    "yoursuper",
];

/// Why a secret is too weak, if it is.
pub(crate) fn find_weakness(secret: &str) -> Option<&'static str> {
    let letters: String = secret.chars().filter(char::is_ascii_alphanumeric).collect();
    let letters = letters.to_ascii_lowercase();
    if secret.len() < MIN_BYTES {
        Some("must be at least 32 bytes, such as `openssl rand -base64 32` gives")
    } else if EXAMPLES.iter().any(|example| letters.contains(example)) {
        Some("is an example; use a random one, such as `openssl rand -base64 32` gives")
    } else if secret.bytes().collect::<HashSet<_>>().len() < MIN_DISTINCT_BYTES {
        Some("is too uniform; use a random one, such as `openssl rand -base64 32` gives")
    } else {
        None
    }
}
