//! Generates Rust code from the options of the contracts. An option that is not understood, or that has
//! no effect where it stands, is an error: the build fails.

mod checks;
mod methods;
mod options;
mod pages;
mod rules;
mod updates;

use std::collections::BTreeSet;

use prost_reflect::{DescriptorPool, FieldDescriptor, Kind, MessageDescriptor};

use options::Reader;

/// Source of everything that is generated for `package`.
pub(crate) fn generate(pool: &DescriptorPool, package: &str) -> Result<String, String> {
    let reader = Reader::new(pool)?;
    let inputs = input_messages(pool, &reader)?;
    refuse_rules_outside(pool, &reader, &inputs)?;
    let mut source = String::new();
    for message in pool.all_messages().filter(|message| message.package_name() == package) {
        if inputs.contains(message.full_name()) {
            source.push_str(&checks::generate_checks(&reader, &message)?);
        }
        source.push_str(&pages::generate_page_sizes(&reader, &message)?);
        source.push_str(&updates::generate_updatable(&reader, &message)?);
    }
    source.push_str(&methods::generate_methods(pool, package)?);
    Ok(source)
}

/// The names of all messages that callers send: requests, and the messages in their fields.
fn input_messages(pool: &DescriptorPool, reader: &Reader) -> Result<BTreeSet<String>, String> {
    let mut pending = pool.all_messages().filter(is_request).collect::<Vec<_>>();
    let mut names = BTreeSet::new();
    while let Some(message) = pending.pop() {
        if !names.insert(message.full_name().to_owned()) {
            continue;
        }
        for field in message.fields() {
            if !reader.read_options(&field)?.is_set_by_service() {
                pending.extend(own_message(&field));
            }
        }
    }
    Ok(names)
}

/// Refuses rules of messages that only the service sends: nothing checks them.
fn refuse_rules_outside(
    pool: &DescriptorPool,
    reader: &Reader,
    inputs: &BTreeSet<String>,
) -> Result<(), String> {
    let outputs = pool
        .all_messages()
        .filter(|message| is_own(message) && !inputs.contains(message.full_name()));
    for field in outputs.flat_map(|message| message.fields().collect::<Vec<_>>()) {
        reader.read_options(&field)?.expect_no_rules()?;
    }
    Ok(())
}

fn is_request(message: &MessageDescriptor) -> bool {
    is_own(message) && message.name().ends_with("Request")
}

/// Whether a message is part of Tandem's contracts, not of a published file of others.
fn is_own(message: &MessageDescriptor) -> bool {
    message.package_name().starts_with("tandem.") && !message.is_map_entry()
}

/// The message type of a field, if it is part of Tandem's contracts.
fn own_message(field: &FieldDescriptor) -> Option<MessageDescriptor> {
    match field.kind() {
        Kind::Message(message) if is_own(&message) => Some(message),
        _ => None,
    }
}
