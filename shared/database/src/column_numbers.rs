//! Enums as numbers in columns.

/// Declares how an enum is stored as a number: both directions from one table, so that neither can
/// forget a variant. An unknown number is an [`Error::Internal`](tandem_error::Error::Internal), never a
/// default.
///
/// ```
/// #[derive(Debug, Clone, Copy, PartialEq)]
/// enum Colour {
///     Red,
///     Green,
/// }
///
/// tandem_database::column_numbers! {
///     fn encode_colour, decode_colour: Colour, "colour" {
///         1 = Colour::Red,
///         2 = Colour::Green,
///     }
/// }
///
/// assert_eq!(encode_colour(Colour::Green), 2);
/// assert_eq!(decode_colour(1).expect("known"), Colour::Red);
/// assert!(decode_colour(3).is_err());
/// ```
///
/// A value other than a path is in brackets: `0 = [None]`. A variant without a number does not
/// compile:
///
/// ```compile_fail,E0004
/// enum Colour {
///     Red,
///     Green,
/// }
///
/// tandem_database::column_numbers! {
///     fn encode_colour, decode_colour: Colour, "colour" {
///         1 = Colour::Red,
///     }
/// }
/// ```
#[macro_export]
macro_rules! column_numbers {
    (
        $(#[$attribute:meta])*
        $visibility:vis fn $encode:ident, $decode:ident: $type:ty, $name:literal {
            $($number:tt = $value:path,)+
        }
    ) => {
        $crate::column_numbers! {
            $(#[$attribute])*
            $visibility fn $encode, $decode: $type, $name {
                $($number = [$value],)+
            }
        }
    };
    (
        $(#[$attribute:meta])*
        $visibility:vis fn $encode:ident, $decode:ident: $type:ty, $name:literal {
            $($number:tt = [$($value:tt)+],)+
        }
    ) => {
        $(#[$attribute])*
        $visibility fn $encode(value: $type) -> i16 {
            match value {
                $($($value)+ => $number,)+
            }
        }

        fn $decode(number: i16) -> Result<$type, $crate::Error> {
            match number {
                $($number => Ok($($value)+),)+
                _ => Err($crate::Error::internal(format!(concat!("unknown ", $name, " {}"), number))),
            }
        }
    };
}
