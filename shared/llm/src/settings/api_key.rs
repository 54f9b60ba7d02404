//! API keys, which are never shown or logged.

use std::path::Path;

use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serializer;

/// A valid API key: printable ASCII without spaces.
pub(crate) struct ApiKey {
    secret: SecretString,
    header_value: HeaderValue,
}

impl ApiKey {
    /// The key of the settings, either given directly or as a file; `None` if neither is set.
    ///
    /// # Errors
    /// Both are set, the file cannot be read, or the key is invalid, as `field: reason`.
    pub(super) fn from_settings(
        key: Option<&SecretString>,
        file: Option<&Path>,
    ) -> Result<Option<Self>, String> {
        match (key, file) {
            (None, None) => Ok(None),
            (Some(_), Some(_)) => {
                Err("api_key_file: must not be set together with api_key".to_owned())
            }
            (Some(key), None) => Self::parse("api_key", key.expose_secret()).map(Some),
            (None, Some(path)) => {
                let text = std::fs::read_to_string(path).map_err(|error| {
                    format!("api_key_file: {} cannot be read: {error}", path.display())
                })?;
                Self::parse("api_key_file", &text).map(Some)
            }
        }
    }

    /// White space around the key is ignored. Errors do not contain the key.
    fn parse(field: &str, text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.is_empty() {
            return Err(format!("{field}: is empty"));
        }
        let is_valid = text.chars().all(|c| c.is_ascii_graphic());
        let header_value = HeaderValue::from_str(text).ok().filter(|_| is_valid);
        let mut header_value = header_value.ok_or_else(|| {
            format!("{field}: is not a valid API key (expected printable ASCII without spaces)")
        })?;
        header_value.set_sensitive(true);
        Ok(Self { secret: text.into(), header_value })
    }

    /// The key itself.
    pub(crate) fn expose_secret(&self) -> &str {
        self.secret.expose_secret()
    }

    /// The key as a header value that is marked as sensitive.
    pub(crate) fn header_value(&self) -> HeaderValue {
        self.header_value.clone()
    }
}

/// Serializes any key as [`tandem_config::HIDDEN`].
#[allow(clippy::ref_option)] // The signature that serde requires.
pub(super) fn serialize_hidden<S: Serializer>(
    _: &Option<SecretString>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(tandem_config::HIDDEN)
}
