//! The keys of providers, which are never shown.

use std::path::Path;

use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serializer;

/// A key as settings show it.
#[allow(clippy::ref_option)] // What serde passes.
pub(super) fn hidden<S: Serializer>(
    _: &Option<SecretString>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(tandem_config::HIDDEN)
}

/// The key that is set or in the file, as it is and as the value of a header that is never shown.
pub(super) fn read(
    set: Option<&SecretString>,
    file: Option<&Path>,
) -> Result<Option<(SecretString, HeaderValue)>, String> {
    let (field, text) = match (set, file) {
        (None, None) => return Ok(None),
        (Some(_), Some(_)) => return Err("api_key_file: is set, and api_key too".to_owned()),
        (Some(key), None) => ("api_key", key.expose_secret().trim().to_owned()),
        (None, Some(path)) => {
            let text = std::fs::read_to_string(path).map_err(|error| {
                format!("api_key_file: {} cannot be read: {error}", path.display())
            })?;
            ("api_key_file", text.trim().to_owned())
        }
    };
    if text.is_empty() {
        return Err(format!("{field}: holds no key"));
    }
    let is_key = text.chars().all(|c| c.is_ascii_graphic());
    let header = HeaderValue::from_str(&text).ok().filter(|_| is_key);
    let mut header =
        header.ok_or_else(|| format!("{field}: holds what is no key: not one word of ASCII"))?;
    header.set_sensitive(true);
    Ok(Some((text.into(), header)))
}
