//! The goals of the design, and how far they are met.

use crate::calls::{GET, create_by};
use crate::measure::load::Cost;
use crate::measure::table::say;
use crate::raw;

/// Prints each goal that the rows cover.
pub(crate) fn print(rows: &[(String, Cost)]) {
    let find = |name: &str| rows.iter().find(|(it, _)| it == name).map(|(_, cost)| cost);
    if let (Some(echo), Some(raw), Some(get)) = (find("bare tonic echo"), find(raw::GET), find(GET))
    {
        let ratio = get.server() / (echo.server() + raw.server());
        say(&format!("GetTask: {ratio:.2} x the CPU of echo and bare query; goal 1.25"));
    }
    if let (Some(one), Some(many)) = (find(&create_by(1)), find(&create_by(64))) {
        let ratio = many.rate() / one.rate();
        say(&format!("CreateTask by 64: {ratio:.1} x the rate of one caller; goal 5 on SQLite"));
    }
    if let (Some(commit), Some(many)) = (find(raw::COMMIT), find(&create_by(64))) {
        let ratio = many.rate() / commit.rate();
        say(&format!("CreateTask by 64: {ratio:.1} x the rate of bare inserts, a commit each"));
    }
}
