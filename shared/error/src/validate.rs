//! Request validation by the rules in the proto files.

use crate::{Check, Error};

/// Normalises a request and validates it by its rules.
///
/// # Errors
/// [`Error::Invalid`] with all violations.
pub fn validate<M: Check>(mut message: M) -> Result<M, Error> {
    validate_mut(&mut message).map(|()| message)
}

/// [`validate`] in place, for requests with further checks: see [`combine_violations`].
///
/// # Errors
/// [`Error::Invalid`] with all violations.
pub fn validate_mut(message: &mut impl Check) -> Result<(), Error> {
    let mut violations = Vec::new();
    message.check("", &mut violations);
    if violations.is_empty() { Ok(()) } else { Err(Error::Invalid(violations)) }
}

/// Combines two checks of a request, so that one error reports the violations of both.
///
/// # Errors
/// [`Error::Invalid`] with the violations of both, or the first error of another kind.
pub fn combine_violations<A, B>(
    first: Result<A, Error>,
    second: Result<B, Error>,
) -> Result<(A, B), Error> {
    match (first, second) {
        (Ok(first), Ok(second)) => Ok((first, second)),
        (Err(Error::Invalid(first)), Err(Error::Invalid(second))) => {
            Err(Error::Invalid([first, second].concat()))
        }
        (Err(Error::Invalid(_)), Err(other)) | (Err(other), _) | (Ok(_), Err(other)) => Err(other),
    }
}
