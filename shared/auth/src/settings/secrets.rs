//! Which shared secrets are none.

use std::collections::HashSet;

/// The shortest secret that is taken, in bytes: the size of what HS256 computes (RFC 7518, 3.2).
const SHORTEST: usize = 32;

/// A random secret of that size has more different characters than this, even in hexadecimal.
const FEWEST_DIFFERENT: usize = 8;

/// What examples and templates say, in lower case and without separators.
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

/// Why a secret must not be used, if so.
pub(crate) fn weakness(secret: &str) -> Option<&'static str> {
    let letters: String = secret.chars().filter(char::is_ascii_alphanumeric).collect();
    let letters = letters.to_ascii_lowercase();
    if secret.len() < SHORTEST {
        Some("must be at least 32 bytes, such as `openssl rand -base64 32` gives")
    } else if EXAMPLES.iter().any(|example| letters.contains(example)) {
        Some("is an example; use a random one, such as `openssl rand -base64 32` gives")
    } else if secret.bytes().collect::<HashSet<_>>().len() < FEWEST_DIFFERENT {
        Some("is too uniform; use a random one, such as `openssl rand -base64 32` gives")
    } else {
        None
    }
}
