//! `order_by` (AIP-132) with a single field.

use tandem_error::Error;

/// The direction of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Smallest first.
    Ascending,
    /// Largest first.
    Descending,
}

/// The order of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order<F> {
    /// The sort key.
    pub field: F,
    /// Ascending or descending.
    pub direction: Direction,
}

impl<F: Copy> Order<F> {
    /// Parses `order_by`: one of the names in `fields`, optionally followed by ` desc` or ` asc`. Defaults to
    /// the first of `fields`.
    ///
    /// # Errors
    /// [`Error::Invalid`] with the valid names.
    pub fn parse(order_by: &str, fields: &[(&str, F)]) -> Result<Self, Error> {
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
                let description = format!("is not one of {names}, optionally followed by `desc`");
                Err(Error::invalid("order_by", description))
            }
        }
    }
}
