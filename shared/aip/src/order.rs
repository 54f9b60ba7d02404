//! `order_by` (AIP-132), with a single field.

use tandem_error::Error;

/// Which way a list runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From the smallest up.
    Ascending,
    /// From the largest down.
    Descending,
}

/// What a list is ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order<F> {
    /// The field.
    pub field: F,
    /// Which way.
    pub direction: Direction,
}

impl<F: Copy> Order<F> {
    /// Reads `order_by`: a name out of `fields`, with ` desc` or ` asc` behind it if wanted. The first
    /// of `fields` is meant where it is empty.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming the fields there are.
    pub fn read(order_by: &str, fields: &[(&str, F)]) -> Result<Self, Error> {
        let mut words = order_by.split_whitespace();
        let name = words.next().or(fields.first().map(|(name, _)| *name)).unwrap_or_default();
        let direction = match (words.next(), words.next()) {
            (None | Some("asc"), None) => Some(Direction::Ascending),
            (Some("desc"), None) => Some(Direction::Descending),
            _ => None,
        };
        let field = fields.iter().find(|(known, _)| *known == name).map(|(_, field)| *field);
        match (field, direction) {
            (Some(field), Some(direction)) => Ok(Self { field, direction }),
            _ => {
                let names = fields.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
                let description = format!("is not one of {names}, with `desc` behind it or not");
                Err(Error::invalid("order_by", description))
            }
        }
    }
}
