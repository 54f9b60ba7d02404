//! The options of a field.

use prost_reflect::{DescriptorPool, DynamicMessage, ExtensionDescriptor, FieldDescriptor, Value};

/// Values of `google.api.FieldBehavior`.
const REQUIRED: i32 = 2;
const OUTPUT_ONLY: i32 = 3;
const IMMUTABLE: i32 = 5;
const IDENTIFIER: i32 = 8;

/// Reads the options of fields in one descriptor pool.
pub(super) struct Reader {
    behavior: ExtensionDescriptor,
    rules: ExtensionDescriptor,
    normalized_text: ExtensionDescriptor,
    page_size: ExtensionDescriptor,
}

impl Reader {
    pub(super) fn new(pool: &DescriptorPool) -> Result<Self, String> {
        Ok(Self {
            behavior: find_extension(pool, "google.api.field_behavior")?,
            rules: find_extension(pool, "buf.validate.field")?,
            normalized_text: find_extension(pool, "tandem.options.v1.normalized_text")?,
            page_size: find_extension(pool, "tandem.options.v1.page_size")?,
        })
    }

    pub(super) fn read_options(&self, field: &FieldDescriptor) -> Result<FieldOptions, String> {
        let options = field.options();
        let behavior = options.get_extension(&self.behavior);
        let message = |extension: &ExtensionDescriptor| {
            let value = options.has_extension(extension).then(|| options.get_extension(extension));
            value.and_then(|value| value.as_message().cloned())
        };
        let read = FieldOptions {
            field: field.full_name().to_owned(),
            behavior: behavior
                .as_list()
                .unwrap_or_default()
                .iter()
                .filter_map(Value::as_enum_number)
                .collect(),
            rules: message(&self.rules),
            normalized_text: options.has_extension(&self.normalized_text),
            page_size: message(&self.page_size),
        };
        let is_true = options.get_extension(&self.normalized_text).as_bool() == Some(true);
        if read.normalized_text && !is_true {
            return Err(read.describe_fault("normalized_text: false has no effect"));
        }
        Ok(read)
    }
}

pub(super) fn find_extension(
    pool: &DescriptorPool,
    name: &str,
) -> Result<ExtensionDescriptor, String> {
    pool.get_extension_by_name(name).ok_or_else(|| format!("{name} is not defined"))
}

/// The options of one field that the generator reads.
pub(super) struct FieldOptions {
    field: String,
    behavior: Vec<i32>,
    /// `buf.validate.field`.
    pub(super) rules: Option<DynamicMessage>,
    pub(super) normalized_text: bool,
    pub(super) page_size: Option<DynamicMessage>,
}

impl FieldOptions {
    pub(super) fn has_behavior(&self) -> bool {
        !self.behavior.is_empty()
    }

    pub(super) fn is_required(&self) -> bool {
        self.behavior.contains(&REQUIRED)
    }

    /// Whether the service ignores what callers send in the field.
    pub(super) fn is_set_by_service(&self) -> bool {
        self.behavior.contains(&OUTPUT_ONLY) || self.behavior.contains(&IDENTIFIER)
    }

    /// Whether an update can change the field.
    pub(super) fn is_updatable(&self) -> bool {
        !self.is_set_by_service() && !self.behavior.contains(&IMMUTABLE)
    }

    /// Refuses rules of a field that callers do not set: nothing checks them.
    pub(super) fn expect_no_rules(&self) -> Result<(), String> {
        if self.rules.is_some() || self.normalized_text || self.page_size.is_some() {
            return Err(
                self.describe_fault("rules have no effect on fields that only the service sets")
            );
        }
        Ok(())
    }

    /// An error about the field.
    pub(super) fn describe_fault(&self, description: &str) -> String {
        format!("{}: {description}", self.field)
    }
}
