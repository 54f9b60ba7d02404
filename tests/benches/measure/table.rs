//! Tables on standard output.

use std::io::{Write as _, stdout};

/// A table; the first column is text, the others numbers.
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with this header.
    pub(crate) fn new(heads: &[&str]) -> Self {
        Self { rows: vec![heads.iter().map(|&head| head.to_owned()).collect()] }
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    /// Prints it under a title.
    pub(crate) fn print(&self, title: &str) {
        say(&format!("\n{title}"));
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or_default();
        let width = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or_default()
        };
        let widths = (0..columns).map(width).collect::<Vec<_>>();
        for row in &self.rows {
            let cell = |(column, text): (usize, &String)| match column {
                0 => format!("{text:<width$}", width = widths[column]),
                _ => format!("{text:>width$}", width = widths[column]),
            };
            let cells = row.iter().enumerate().map(cell).collect::<Vec<_>>();
            say(cells.join("  ").trim_end());
        }
    }
}

/// A line on standard output.
pub(crate) fn say(line: &str) {
    // A closed pipe ends the output.
    let _ = writeln!(stdout(), "{line}");
}
