//! Whether fields have a value.

use std::collections::BTreeMap;

/// Whether a field has a value other than its zero value.
pub(crate) trait Present {
    fn is_present(&self) -> bool;
}

impl Present for String {
    fn is_present(&self) -> bool {
        !self.is_empty()
    }
}

/// Numbers, and enums as their numbers.
impl Present for i32 {
    fn is_present(&self) -> bool {
        *self != 0
    }
}

impl Present for i64 {
    fn is_present(&self) -> bool {
        *self != 0
    }
}

impl Present for bool {
    fn is_present(&self) -> bool {
        *self
    }
}

impl<T> Present for Option<T> {
    fn is_present(&self) -> bool {
        self.is_some()
    }
}

impl<T> Present for Vec<T> {
    fn is_present(&self) -> bool {
        !self.is_empty()
    }
}

impl<K, V> Present for BTreeMap<K, V> {
    fn is_present(&self) -> bool {
        !self.is_empty()
    }
}
