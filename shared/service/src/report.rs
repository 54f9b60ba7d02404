//! Errors that end a process.

use std::error::Error;
use std::io::Write as _;
use std::process::ExitCode;

/// Writes an error and its sources to standard error, in one line. Returns the exit code of a failure.
#[must_use]
pub fn report_error(error: &(dyn Error + 'static)) -> ExitCode {
    let mut message = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        // Many errors contain the text of their source.
        if !message.contains(&error.to_string()) {
            message = format!("{message}: {error}");
        }
        source = error.source();
    }
    // Nothing is left to do if standard error is closed.
    let _ = writeln!(std::io::stderr(), "error: {message}");
    ExitCode::FAILURE
}
